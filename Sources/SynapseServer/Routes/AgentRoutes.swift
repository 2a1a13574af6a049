import GRDB
import HTTPTypes
import SynapseModels

/// The routes under `agents/`.
///
/// An agent's token is shown to administrators, who give it to the agent, and to nobody else.
/// Source: docs/wire-protocol.md, "Agents".
enum AgentRoutes {
    static func add(to table: inout RouteTable) {
        table.on(.get, "agents") { scope in
            let wanted = FieldSelection(scope.query)
            let hidesToken = scope.identity.role < .admin
            let health = await scope.services.executorHealth.health(of: scope.services.executor)
            return try await ListReader(AgentRepository.definition, scope).answer { _, rows, writer in
                for row in rows {
                    let record = AgentRecord(row: row)
                    writer.element {
                        record.write(
                            to: &$0, wanted, hidesToken: hidesToken, health: record.isEmbedded ? health : nil)
                    }
                }
            }
        }
        table.on(.post, "agents") { scope in
            let body = try await scope.readJSON()
            var reader = FieldReader(try body.object())
            let name = reader.text("name", fallback: nil, maximum: 200, allowsEmpty: false)
            let url = url(&reader)
            try reader.errors.throwIfAny()
            let repository = AgentRepository(tenant: scope.identity.tenantID)
            return try await scope.write(body.fingerprint).commit(changing: [TableChange(table: .agent)]) { db in
                let record = try repository.create(db, name: name, url: url)
                return Answer(status: .created) { record.write(to: &$0, .all) }
            }
        }
        table.on(.get, "agents/{id}") { scope in
            let id = try scope.identifier()
            let wanted = FieldSelection(scope.query)
            let hidesToken = scope.identity.role < .admin
            let repository = AgentRepository(tenant: scope.identity.tenantID)
            let record = try await scope.database.read { db in try repository.existing(db, id) }
            let health =
                record.isEmbedded ? await scope.services.executorHealth.health(of: scope.services.executor) : nil
            return Answer { record.write(to: &$0, wanted, hidesToken: hidesToken, health: health) }
        }
        // Doing it twice is doing it once, so that no answer has to be kept under a key.
        table.on(.post, "agents/{token}/connect") { scope in
            let token = try scope.textIdentifier()
            let repository = AgentRepository(tenant: scope.identity.tenantID)
            let record = try await scope.database.read { try repository.existing($0, token: token) }
            if record.isEmbedded { return await check(record, scope) }
            return try await scope.database.write { db in
                let record = try repository.markSeen(db, token: token)
                return Answer { record.write(to: &$0, .all, hidesToken: true) }
            }
        }
        // Asks without being a sign of life.
        table.on(.get, "agents/{token}/connect") { scope in
            let token = try scope.textIdentifier()
            let repository = AgentRepository(tenant: scope.identity.tenantID)
            let record = try await scope.database.read { try repository.existing($0, token: token) }
            if record.isEmbedded { return await check(record, scope) }
            return Answer { record.write(to: &$0, .all, hidesToken: true) }
        }
    }

    /// The server asks what runs its jobs whether it can.
    private static func check(_ record: AgentRecord, _ scope: RequestScope) async -> Answer {
        let memory = scope.services.executorHealth
        let health =
            if let executor = scope.services.executor { await memory.ask(executor) } else {
                await memory.health(of: nil)
            }
        return Answer { record.write(to: &$0, .all, hidesToken: true, health: health) }
    }

    /// An address of `http` or `https`, or none.
    private static func url(_ reader: inout FieldReader) -> String? {
        guard let raw = reader.row["url"], !raw.isNull else { return nil }
        let text = reader.text("url", fallback: "", maximum: 2000)
        if text.isEmpty { return nil }
        if !StorageValue.isAddress(text) { reader.errors.add("url", StorageValue.addressRule) }
        return text
    }
}
