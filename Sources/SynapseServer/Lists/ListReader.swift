import GRDB
import HTTPTypes
import Hummingbird
import SynapseModels

/// Reads one window of a list and writes it as a page.
///
/// Counting and skipping cost more than the rows themselves, so counts and the beginnings of pages are remembered.
/// Source: docs/wire-protocol.md, "Paging".
struct ListReader: Sendable {
    /// Writes rows as the elements of the open array.
    typealias RowWriter = @Sendable (Database, [Row], inout JSONWriter) throws -> Void

    let definition: ListDefinition
    let scope: RequestScope
    let window: ListWindow
    private let condition: Condition
    private let order: Order
    /// True when there are few texts of this statement's kind, so that keeping it prepared is worth while.
    private let isPlain: Bool

    /// In which order rows come.
    struct Order: Sendable {
        /// What the last column of the order is about.
        enum Kind {
            case ascendingID
            case descendingID
            case other
        }

        let sql: String
        let kind: Kind

        /// Pages of this order stay where they are when rows are added.
        var isByID: Bool { kind == .ascendingID }
    }

    init(_ definition: ListDefinition, _ scope: RequestScope) throws(APIError) {
        self.definition = definition
        self.scope = scope
        window = try ListWindow(scope.query, maximumSize: scope.limits.pageRowCount)
        let table = definition.table.rawValue
        let tenant = Condition(sql: "\(table).tenant_id = ?", arguments: [scope.identity.tenantID])
        let always = definition.always.map { [$0] } ?? []
        let conditions = try definition.conditions(scope.query)
        condition = .all([tenant] + always + conditions)
        isPlain = conditions.count <= 1 && !scope.query.contains("ordering")
        order = try Self.order(definition, scope.query)
        if case .cursor = window, order.kind == .other {
            throw APIError.field("ordering", "A list with a cursor is ordered by id.")
        }
    }

    func answer(_ write: @escaping RowWriter) async throws -> Answer {
        let marks = scope.services.cache.marks(tenant: scope.identity.tenantID, table: definition.table)
        return try await scope.database.read { db in
            switch window {
            case .page(let number, let size): try page(db, number, size, marks, write)
            case .slice(let offset, let limit): try slice(db, offset, limit, marks, write)
            case .cursor(let after, let size): try cursor(db, after, size, write)
            }
        }
    }

    private var key: ListCache.Key {
        ListCache.Key(
            tenant: scope.identity.tenantID, table: definition.table, filter: condition.cacheText,
            isVolatile: condition.isVolatile)
    }

    private func page(
        _ db: Database, _ number: Int, _ size: Int, _ marks: ListCache.Marks, _ write: RowWriter
    ) throws -> Answer {
        let count = try count(db, marks)
        let (start, overflow) = (number - 1).multipliedReportingOverflow(by: size)
        guard number == 1 || (!overflow && start < count) else { throw APIError.invalidPage }
        let cache = scope.services.cache
        var skipped = start
        var after: Int64?
        if order.isByID, number > 1, let anchor = cache.anchor(for: key, pageSize: size, page: number, marks: marks) {
            after = anchor.afterID
            skipped = (number - anchor.page) * size
        }
        let rows = try rows(db, after: after, offset: skipped, limit: size)
        if order.isByID, rows.count == size, let last: Int64 = rows.last?[0] {
            let anchor = ListCache.Anchor(page: number + 1, afterID: last)
            cache.remember(anchor: anchor, for: key, pageSize: size, marks: marks)
        }
        return try envelope(
            db, rows, write, count: count,
            next: start + size < count ? link([("page", "\(number + 1)")]) : nil,
            previous: number > 1 ? link([("page", "\(number - 1)")]) : nil)
    }

    private func slice(
        _ db: Database, _ offset: Int, _ limit: Int, _ marks: ListCache.Marks, _ write: RowWriter
    ) throws -> Answer {
        let count = try count(db, marks)
        let rows = offset < count ? try rows(db, after: nil, offset: offset, limit: limit) : []
        let size = ("limit", String?.some("\(limit)"))
        return try envelope(
            db, rows, write, count: count,
            next: offset < count - limit ? link([size, ("offset", "\(offset + limit)")]) : nil,
            previous: offset > 0 ? link([size, ("offset", "\(max(0, offset - limit))")]) : nil)
    }

    private func cursor(_ db: Database, _ after: Int64?, _ size: Int, _ write: RowWriter) throws -> Answer {
        var rows = try rows(db, after: after, offset: 0, limit: size + 1)
        let hasMore = rows.count > size
        if hasMore { rows.removeLast() }
        let last: Int64? = hasMore ? rows.last?[0] : nil
        return try envelope(
            db, rows, write, count: nil, next: last.map { link([("cursor", "\($0)")]) }, previous: nil)
    }

    private func count(_ db: Database, _ marks: ListCache.Marks) throws -> Int {
        let cache = scope.services.cache
        if let count = cache.count(for: key, marks: marks) { return count }
        let sql = "SELECT COUNT(*) FROM \(definition.table.rawValue) WHERE \(condition.sql)"
        let count = try Int.fetchOne(db, sql: sql, arguments: StatementArguments(condition.arguments)) ?? 0
        cache.remember(count: count, for: key, marks: marks)
        return count
    }

    /// Reads the rows of a window that begins behind an identifier.
    private func rows(_ db: Database, after: Int64?, offset: Int, limit: Int) throws -> [Row] {
        let table = definition.table.rawValue
        var sql = "SELECT \(definition.columns) FROM \(table) WHERE \(condition.sql)"
        var arguments = condition.arguments
        if let after {
            sql += " AND \(table).id \(order.kind == .descendingID ? "<" : ">") ?"
            arguments.append(after)
        }
        sql += " ORDER BY \(order.sql) LIMIT ? OFFSET ?"
        arguments.append(limit)
        arguments.append(offset)
        // Statements are kept per text and never dropped, so clients must not be able to make many of them: of values,
        // filters and orders there are endless combinations.
        let isKept = isPlain && arguments.count <= 5
        let statement = isKept ? try db.cachedStatement(sql: sql) : try db.makeStatement(sql: sql)
        return try bounded(Row.fetchCursor(statement, arguments: StatementArguments(arguments)))
    }

    /// Reads rows to the end, as long as a page of them fits into memory.
    ///
    /// One row by itself always fits: a request brought it.
    private func bounded(_ cursor: RowCursor) throws -> [Row] {
        var rows: [Row] = []
        var byteCount = 0
        while let row = try cursor.next() {
            let row = row.copy()
            for (_, value) in row {
                if case .string(let text) = value.storage { byteCount += text.utf8.count }
            }
            // The row behind a cursor's window is read to see that there is one; it is not answered.
            guard rows.isEmpty || rows.count == window.size || byteCount <= scope.limits.pageByteCount else {
                let limit = scope.limits.pageByteCount
                throw APIError.field(
                    window.sizeKey, "These rows have more than \(limit) bytes: ask for fewer rows, or fewer fields.")
            }
            rows.append(row)
        }
        return rows
    }

    private func envelope(
        _ db: Database, _ rows: [Row], _ write: RowWriter, count: Int?, next: String?, previous: String?
    ) throws -> Answer {
        var writer = JSONWriter(reservingCapacity: 1024 + rows.count * 1024)
        var failure: (any Error)?
        writer.object { writer in
            writer.memberIfPresent("count", count)
            writer.member("next", next)
            writer.member("previous", previous)
            writer.member("results") { writer in
                writer.array { writer in
                    do { try write(db, rows, &writer) } catch { failure = error }
                }
            }
        }
        if let failure { throw failure }
        return Answer(status: .ok, bytes: writer.bytes)
    }

    /// The same list elsewhere: all that was asked stays, on the host that was used.
    private func link(_ changes: [(key: String, value: String?)]) -> String {
        var changes = changes
        if let host = scope.query["url_host"] { changes.append(("url_host", host)) }
        var path = scope.request.uri.path
        if !path.hasSuffix("/") { path += "/" }
        return scope.links.absolute(path + "?" + scope.query.encoded(replacing: changes))
    }

    static func order(
        _ definition: ListDefinition, _ query: QueryParameters
    ) throws(APIError) -> Order {
        let id = "\(definition.table.rawValue).id"
        let asked = query.list("ordering")
        let names = asked.isEmpty ? definition.defaultOrdering : asked
        if names.isEmpty || names == ["id"] { return Order(sql: id, kind: .ascendingID) }
        if let only = names.first, names.count == 1 {
            let plain = only.hasPrefix("-") ? String(only.dropFirst()) : only
            if plain == "id" || definition.orderings[plain] == id {
                return only == plain
                    ? Order(sql: id, kind: .ascendingID) : Order(sql: id + " DESC", kind: .descendingID)
            }
        }
        var pieces: [String] = []
        var columns: Set<String> = []
        for name in names {
            let isDescending = name.hasPrefix("-")
            let plain = isDescending ? String(name.dropFirst()) : name
            guard let column = plain == "id" ? id : definition.orderings[plain] else {
                throw APIError.field("ordering", "The list cannot be ordered by \"\(plain)\".")
            }
            // What comes behind the identifier, or a second time, decides nothing.
            guard !columns.contains(id), columns.insert(column).inserted else { continue }
            pieces.append(isDescending ? column + " DESC" : column)
        }
        // Equal values need an order of their own, or a row could come on two pages.
        if !columns.contains(id) { pieces.append(id) }
        return Order(sql: pieces.joined(separator: ", "), kind: pieces == [id] ? .ascendingID : .other)
    }
}
