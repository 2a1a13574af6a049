import GRDB
import SynapseModels

/// A row of `access_token`; the token itself is not in it.
struct AccessTokenRecord: Sendable {
    static let columns = """
        access_token.id, access_token.user_id, access_token.description, access_token.created, access_token.last_used
        """

    let id: Int64
    let user: Int64
    let description: String
    let created: String
    let lastUsed: String?

    init(row: Row) {
        id = row[0]
        user = row[1]
        description = row[2]
        created = row[3]
        lastUsed = row[4]
    }

    /// Writes the row, and the token in the one answer that shows it.
    func write(to writer: inout JSONWriter, _ wanted: FieldSelection, token: String? = nil) {
        writer.object { writer in
            writer.member("id", wanted, id)
            writer.member("user", wanted, user)
            writer.member("description", wanted, description)
            writer.member("last_used", wanted, lastUsed)
            writer.member("created", wanted, created)
            if let token { writer.member("token", token) }
        }
    }
}
