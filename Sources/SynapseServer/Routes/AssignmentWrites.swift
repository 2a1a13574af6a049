import GRDB
import HTTPTypes
import SynapseModels

/// The routes under `assignments/` that change something.
///
/// Source: docs/wire-protocol.md, "HITL".
enum AssignmentWrites {
    static func add(to table: inout RouteTable) {
        table.on(.post, "assignments", create)
        table.on(.post, "assignments/set_tags", setTags)
        table.on(.patch, "assignments/{id}", change)
        table.on(.put, "assignments/{id}/annotate_assignment_data", annotate)
        table.on(.post, "assignments/{id}/review", review)
        table.on(.post, "assignments/{id}/confirm") { scope in
            try await step(scope) { _ in { step, db, record in try step.confirm(db, record) } }
        }
        table.on(.post, "assignments/{id}/discard") { scope in
            try await step(scope) { reader in
                let isDiscarded = reader.boolean("is_discarded", fallback: true)
                return { step, db, record in try step.discard(db, record, isDiscarded) }
            }
        }
        table.on(.post, "assignments/{id}/confirm_discard") { scope in
            try await step(scope) { _ in { step, db, record in try step.confirmDiscard(db, record) } }
        }
    }

    /// Tasks can be asked for by what their assignments are.
    private static let changes = [
        TableChange(table: .assignment, changedExisting: true), TableChange(table: .task, changedExisting: true),
    ]

    private static let create: RouteTable.Handler = { scope in
        let body = try await scope.readJSON()
        let isList = body.raw.isArray
        var failures = RowErrors(count: 0)
        var values: [AssignmentValues] = []
        for row in isList ? (try? body.raw.elements()) ?? [] : [body.raw] {
            guard let object = try? JSONBody.object(row), !row.isNull || !isList else {
                failures.rows.append(FieldErrors("non_field_errors", "Invalid data. Expected an object."))
                continue
            }
            var reader = FieldReader(object)
            values.append(
                AssignmentValues(
                    task: reader.integer("task", fallback: nil), user: reader.integer("user", fallback: nil),
                    reviewer: reader.optionalIdentifier("reviewer", fallback: nil)))
            failures.rows.append(reader.errors)
        }
        guard failures.rows.count <= scope.limits.batchRowCount else {
            throw APIError.field(
                "non_field_errors", "At most \(scope.limits.batchRowCount) assignments in one request.")
        }
        let wanted = values
        let identity = scope.identity
        let repository = AssignmentRepository(tenant: identity.tenantID)
        do {
            try failures.throwIfAny()
            return try await scope.write(body.fingerprint).commit(changing: changes) { db in
                let records = try repository.create(db, wanted, by: identity)
                let expansion = try repository.expansion(db, records, Relations(scope.query), .all)
                return Answer(status: .created, reserving: records.count * 1024) { writer in
                    guard isList else {
                        for record in records { record.write(to: &writer, .all, scope.links, expansion) }
                        return
                    }
                    writer.array { writer in
                        for record in records { writer.element { record.write(to: &$0, .all, scope.links, expansion) } }
                    }
                }
            }
        } catch let errors as RowErrors {
            if isList { throw APIError(rows: errors.rows) }
            throw APIError(errors.rows.first ?? FieldErrors())
        }
    }

    private static let annotate: RouteTable.Handler = { scope in
        try await step(scope) { reader in
            // An object with an action says what to do with its data; any other object is the data, handed in.
            var action = AssignmentAction.submit
            var data = FieldUpdate<String>.set(reader.row.raw.description)
            if reader.row.contains("action") {
                let words = AssignmentAction.known.map(\.rawValue)
                action = AssignmentAction(rawValue: reader.word("action", fallback: nil, of: words))
                data = reader.openValue("data")
            } else if reader.row.keys.isEmpty {
                reader.errors.add("action", "An action, or data, is required.")
            }
            let (chosen, written) = (action, data)
            return { step, db, record in try step.label(db, record, chosen, written) }
        }
    }

    private static let review: RouteTable.Handler = { scope in
        try await step(scope) { reader in
            let words = ReviewAction.known.map(\.rawValue)
            let action = ReviewAction(rawValue: reader.word("action", fallback: nil, of: words))
            let isDescribed = reader.row["description"].map { !$0.isNull } ?? false
            let description =
                isDescribed ? reader.text("description", fallback: nil, maximum: 10_000) : nil
            return { step, db, record in try step.review(db, record, action, description) }
        }
    }

    /// Only the reviewer is changed so; all else has a step of its own, and must not be passed over without a word.
    private static let change: RouteTable.Handler = { scope in
        try await step(scope) { reader in
            for key in reader.row.keys where key != "reviewer" {
                reader.errors.add(key, "This field is not changed here; see the steps of an assignment.")
            }
            let isGiven = reader.row.contains("reviewer")
            let reviewer = reader.optionalIdentifier("reviewer", fallback: nil)
            return { step, db, record in isGiven ? try step.setReviewer(db, record, reviewer) : record }
        }
    }

    private typealias Step = @Sendable (AssignmentStep, Database, AssignmentRecord) throws -> AssignmentRecord

    /// Reads a step from the body and takes it in one transaction; an assignment that is not there comes before what is
    /// wrong with the body.
    private static func step(_ scope: RequestScope, _ read: (inout FieldReader) -> Step) async throws -> Answer {
        let id = try scope.identifier()
        let body = try await scope.readJSON()
        var reader = FieldReader(try body.object())
        let take = read(&reader)
        let errors = reader.errors
        let step = AssignmentStep(scope.identity)
        return try await scope.write(body.fingerprint).commit(changing: changes) { db in
            let old = try step.repository.existing(db, id)
            try errors.throwIfAny()
            let record = try take(step, db, old)
            let expansion = try step.repository.expansion(db, [record], Relations(scope.query), .all)
            return Answer { record.write(to: &$0, .all, scope.links, expansion) }
        }
    }

    private static let setTags: RouteTable.Handler = { scope in
        let body = try await scope.readJSON()
        let form = try TagsForm(body.object(), olderIDsKey: "assignment_ids")
        let tenant = scope.identity.tenantID
        return try await scope.write(body.fingerprint).commit(changing: changes) { db in
            try Tagging.assignments.set(db, tenant: tenant, form)
            return Answer { $0.object { $0.member("status", "ok") } }
        }
    }
}

extension FieldReader {
    /// An open value that may be left out, which keeps what is there, or be `null`, which empties it.
    func openValue(_ key: String) -> FieldUpdate<String> {
        guard let raw = row[key] else { return .keep }
        return raw.isNull ? .clear : .set(raw.description)
    }
}
