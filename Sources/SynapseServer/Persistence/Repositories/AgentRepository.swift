import GRDB
import SynapseModels

/// A row of `agent`.
struct AgentRecord: Sendable {
    static let columns = """
        agent.id, agent.name, agent.url, agent.token, agent.last_seen, agent.created, \
        agent.is_embedded
        """

    /// How long an agent counts as connected after it was seen.
    private static let patience: Duration = .seconds(300)

    let id: Int64
    let name: String
    let url: String?
    let token: String
    let lastSeen: String?
    let created: String
    /// Whether it is this server itself.
    let isEmbedded: Bool

    init(row: Row) {
        id = row[0]
        name = row[1]
        url = row[2]
        token = row[3]
        lastSeen = row[4]
        created = row[5]
        isEmbedded = row[6]
    }

    private var status: AgentStatus {
        guard let lastSeen, lastSeen >= WireTime.now(adding: .zero - Self.patience) else { return .disconnected }
        return .connected
    }

    func write(
        to writer: inout JSONWriter, _ wanted: FieldSelection, hidesToken: Bool = false,
        health: JobExecutorHealth? = nil
    ) {
        writer.object { writer in
            writer.member("id", wanted, id)
            writer.member("name", wanted, name)
            writer.member("url", wanted, url)
            writer.member("status", wanted, health.map { $0.isReady ? .connected : .disconnected } ?? status)
            if let health { writer.member("detail", wanted, health.text) }
            if !hidesToken { writer.member("token", wanted, token) }
            writer.member("last_seen", wanted, lastSeen)
            writer.member("created", wanted, created)
        }
    }
}

/// Reads and writes agents of one tenant.
struct AgentRepository: Sendable {
    static let definition = ListDefinition(
        table: .agent,
        columns: AgentRecord.columns,
        orderings: ["created": "agent.created", "name": "agent.name"],
        searched: ["agent.name", "agent.url"],
        filters: ListDefinition.common(.agent) + [.texts("name", "agent.name")]
            + ListFilter.timeComparisons("created", "agent.created"),
        // Time alone changes the status of an agent, so no list is remembered by it.
        refused: ["status", "is_connected", "url", "token", "last_seen"]
    )

    let tenant: Int64

    func find(_ db: Database, _ ids: Set<Int64>) throws -> [Int64: AgentRecord] {
        let condition = Condition.oneOf("agent.id", ids.sorted())
        let rows = try Row.fetchAll(
            db, sql: "SELECT \(AgentRecord.columns) FROM agent WHERE tenant_id = ? AND \(condition.sql)",
            arguments: [tenant] + StatementArguments(condition.arguments))
        return Dictionary(rows.map(AgentRecord.init).map { ($0.id, $0) }) { first, _ in first }
    }

    /// - Throws: ``APIError`` with status 404.
    func existing(_ db: Database, _ id: Int64) throws -> AgentRecord {
        guard let record = try find(db, [id])[id] else { throw APIError.notFound }
        return record
    }

    /// - Throws: ``APIError`` with status 404.
    func existing(_ db: Database, token: String) throws -> AgentRecord {
        let row = try Row.fetchOne(
            db, sql: "SELECT \(AgentRecord.columns) FROM agent WHERE tenant_id = ? AND token = ?",
            arguments: [tenant, token])
        guard let record = row.map(AgentRecord.init), ConstantTime.areEqual(record.token, token) else {
            throw APIError.notFound
        }
        return record
    }

    /// - Throws: ``APIError`` when the name is taken.
    func create(_ db: Database, name: String, url: String?) throws -> AgentRecord {
        let isTaken = try Bool.fetchOne(
            db, sql: "SELECT 1 FROM agent WHERE tenant_id = ? AND name = ?", arguments: [tenant, name])
        if isTaken ?? false { throw APIError.field("name", "agent with this name already exists.") }
        try db.execute(
            sql: "INSERT INTO agent (tenant_id, name, url, token, created) VALUES (?, ?, ?, ?, ?)",
            arguments: [tenant, name, url, Hexadecimal.random(byteCount: 20), WireTime.now()])
        return try existing(db, db.lastInsertedRowID)
    }

    /// Notes that an agent gave a sign of life.
    func markSeen(_ db: Database, token: String) throws -> AgentRecord {
        let id = try existing(db, token: token).id
        try db.execute(
            sql: "UPDATE agent SET last_seen = ? WHERE id = ? AND tenant_id = ?",
            arguments: [WireTime.now(), id, tenant])
        return try existing(db, id)
    }
}
