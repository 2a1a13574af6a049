import SynapseModels

/// Faults that a server makes on purpose, so that programs can be tried against a bad day.
///
/// A plan is a JSON document: rules that say which requests are met by which fault, and when. For each request the first
/// rule that applies decides; every rule counts the requests that it matches. `GET /health` is met only by name.
///
/// Source: docs/fault-plan.md.
public struct FaultPlan: Sendable, Hashable {
    /// What happens to a request.
    enum Fault: Sendable, Hashable {
        /// Answered with a status instead of being handled.
        case status(Int, retryAfter: Int?, isHTML: Bool)
        /// The connection is reset: at once, or once so many bytes of the body have come.
        case reset(afterByteCount: Int64?)
        /// Handled, but the connection ends before the answer.
        case lostReply
        /// Handled, but the connection ends inside the answer's body.
        case cutReply(afterByteCount: Int64)
        /// Nothing happens for a while; then it is handled.
        case stall(Duration)
        /// One bit of the body is turned over.
        case flipBit(offset: Int64, isInAnswer: Bool)
    }

    /// When a rule applies, by the number of the request among those that it matches.
    enum Occasion: Sendable, Hashable {
        case always
        case every(Int)
        case first(Int)
        case probability(Double)
    }

    struct Rule: Sendable, Hashable {
        /// A route's template such as `data_files/{}`, or nil for every route.
        var route: String?
        /// Nil for every method.
        var method: String?
        var occasion: Occasion
        /// Matching requests that pass before the occasion counts.
        var skip: Int
        var fault: Fault
    }

    /// Where the random numbers begin: the same plan makes the same choices.
    let seed: UInt64
    let rules: [Rule]

    /// How many rules the plan has.
    public var ruleCount: Int { rules.count }

    /// Reads a plan.
    ///
    /// - Parameter bytes: A JSON document.
    /// - Throws: ``BackendServerError`` coded `invalid_argument` that names the rule and the member that is wrong.
    public init(parsing bytes: [UInt8]) throws(BackendServerError) {
        do {
            var reader = try PlanReader(JSONRow(parsing: bytes), at: "")
            seed = UInt64(try reader.integer("seed", in: 0...Int64.max) ?? 1)
            var rules: [Rule] = []
            for (index, raw) in try reader.list("rules").enumerated() {
                let place = "rules[\(index)]"
                guard let row = try? raw.row() else { throw PlanReader.Fault("\(place) must be an object") }
                rules.append(try Self.rule(PlanReader(row, at: place + ".")))
            }
            try reader.finish()
            guard !rules.isEmpty else { throw PlanReader.Fault("rules must not be empty") }
            self.rules = rules
        } catch let error as PlanReader.Fault {
            throw BackendServerError(code: .invalidArgument, message: "The fault plan is not valid: \(error.message).")
        } catch {
            throw BackendServerError(code: .invalidArgument, message: "The fault plan is not a JSON object: \(error).")
        }
    }

    private static func rule(_ reader: PlanReader) throws -> Rule {
        var reader = reader
        let route = try reader.text("route")
        let method = try reader.text("method")?.uppercased()
        let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
        if let method, method != "*", !methods.contains(method) {
            throw reader.wrong("method", "is one of \(methods.joined(separator: ", ")), not \(method)")
        }
        let rule = Rule(
            route: route == "*" ? nil : route.map(normalized), method: method == "*" ? nil : method,
            occasion: try occasion(&reader), skip: Int(try reader.integer("skip", in: 0...1_000_000_000) ?? 0),
            fault: try fault(&reader))
        try reader.finish()
        return rule
    }

    private static func occasion(_ reader: inout PlanReader) throws -> Occasion {
        let every = try reader.integer("every", in: 1...1_000_000_000).map { Occasion.every(Int($0)) }
        let first = try reader.integer("first", in: 1...1_000_000_000).map { Occasion.first(Int($0)) }
        let chance = try reader.number("probability", in: 0...1).map { Occasion.probability($0) }
        let given = [every, first, chance].compactMap(\.self)
        guard given.count <= 1 else { throw reader.wrong("every", "excludes first and probability: give one of them") }
        return given.first ?? .always
    }

    private static func fault(_ reader: inout PlanReader) throws -> Fault {
        let kinds = ["status", "html", "reset", "lost_reply", "cut_reply", "stall", "flip_bit"]
        guard let kind = try reader.text("fault") else {
            throw reader.wrong("fault", "is missing; it is one of \(kinds.joined(separator: ", "))")
        }
        switch kind {
        case "status", "html":
            let status = try reader.integer("status", in: 400...599)
            let retryAfter = try reader.integer("retry_after", in: 0...86_400).map { Int($0) }
            guard let status = status ?? (kind == "html" ? 502 : nil) else {
                throw reader.wrong("status", "is missing: a number from 400 to 599")
            }
            return .status(Int(status), retryAfter: retryAfter, isHTML: kind == "html")
        case "reset": return .reset(afterByteCount: try reader.integer("after_bytes", in: 0...Int64.max))
        case "lost_reply": return .lostReply
        case "cut_reply": return .cutReply(afterByteCount: try reader.integer("after_bytes", in: 0...Int64.max) ?? 0)
        case "stall":
            guard let seconds = try reader.number("seconds", in: 0...86_400) else {
                throw reader.wrong("seconds", "is missing: a number from 0 to 86400")
            }
            return .stall(.seconds(seconds))
        case "flip_bit":
            let side = try reader.text("in") ?? "request"
            guard ["request", "answer"].contains(side) else {
                throw reader.wrong("in", "is request or answer, not \(side)")
            }
            return .flipBit(offset: try reader.integer("offset", in: 0...Int64.max) ?? 0, isInAnswer: side == "answer")
        default: throw reader.wrong("fault", "is one of \(kinds.joined(separator: ", ")), not \(kind)")
        }
    }

    /// A route as it is compared: no slashes at the ends, parameters without their names.
    static func normalized(_ route: String) -> String {
        route.split(separator: "/").map { $0.hasPrefix("{") ? "{}" : String($0) }.joined(separator: "/")
    }

    /// Checks that every route is one of the server's.
    ///
    /// - Throws: ``BackendServerError`` coded `invalid_argument` that names the nearest routes.
    func check(routes: [(template: String, methods: Set<String>)]) throws(BackendServerError) {
        for (index, rule) in rules.enumerated() {
            guard let wanted = rule.route else { continue }
            guard let route = routes.first(where: { Self.normalized($0.template) == wanted }) else {
                let first = wanted.prefix { $0 != "/" }
                let near = routes.map(\.template).filter { $0.hasPrefix(first.prefix(4)) }.sorted()
                let hint = near.isEmpty ? "" : "; there are \(near.map { "/\($0)/" }.joined(separator: ", "))"
                throw BackendServerError(
                    code: .invalidArgument,
                    message: "The fault plan is not valid: rules[\(index)].route: there is no route /\(wanted)/\(hint)."
                )
            }
            if let method = rule.method, !route.methods.contains(method) {
                throw BackendServerError(
                    code: .invalidArgument,
                    message: "The fault plan is not valid: rules[\(index)].method: /\(route.template)/ takes "
                        + "\(route.methods.sorted().joined(separator: ", ")), not \(method).")
            }
        }
    }
}

/// Reads an object of a plan and insists that every member is known.
private struct PlanReader {
    struct Fault: Error {
        let message: String

        init(_ message: String) { self.message = message }
    }

    private let row: JSONRow
    private let place: String
    private var read: [String] = []

    init(_ row: JSONRow, at place: String) {
        self.row = row
        self.place = place
    }

    func wrong(_ key: String, _ what: String) -> Fault { Fault("\(place)\(key) \(what)") }

    mutating func text(_ key: String) throws(Fault) -> String? {
        read.append(key)
        guard let raw = row[key] else { return nil }
        guard let text = try? String(reading: raw) else { throw wrong(key, "must be text") }
        return text
    }

    mutating func integer(_ key: String, in range: ClosedRange<Int64>) throws(Fault) -> Int64? {
        read.append(key)
        guard let raw = row[key] else { return nil }
        guard let value = try? Int64(reading: raw), range.contains(value) else {
            let upper = range.upperBound == .max ? "" : " to \(range.upperBound)"
            throw wrong(key, "must be a whole number from \(range.lowerBound)\(upper), not \(raw)")
        }
        return value
    }

    mutating func number(_ key: String, in range: ClosedRange<Double>) throws(Fault) -> Double? {
        read.append(key)
        guard let raw = row[key] else { return nil }
        guard let value = Double(raw.description), range.contains(value) else {
            throw wrong(key, "must be a number from \(range.lowerBound) to \(range.upperBound), not \(raw)")
        }
        return value
    }

    mutating func list(_ key: String) throws(Fault) -> [RawJSON] {
        read.append(key)
        guard let raw = row[key], let list = try? [RawJSON](reading: raw) else {
            throw wrong(key, "must be a list of rules")
        }
        return list
    }

    /// Refuses members that nothing asked for: a slip of the pen would be a fault that never comes.
    func finish() throws(Fault) {
        if let unknown = row.keys.first(where: { !read.contains($0) }) {
            throw wrong(unknown, "is not known here; known are \(read.joined(separator: ", "))")
        }
    }
}
