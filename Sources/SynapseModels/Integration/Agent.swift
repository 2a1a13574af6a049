/// A machine that runs plugins.
///
/// Its token is a secret: it is not shown when an agent is printed.
///
/// Source: docs/wire-protocol.md, "Agents".
public struct Agent: WireModel, Identified {
    /// The identifier's type.
    public typealias ID = Identifier<Agent>

    /// The identifier.
    public var id: ID
    /// The name, unique in its tenant.
    public var name: String?
    /// Where it can be reached; `nil` when nobody said.
    public var url: String?
    /// Whether it was seen lately.
    public var status: AgentStatus?
    /// What the agent is known by, and what opens it; taken out of the install script where it comes only there.
    public var token: Redacted<String>?
    /// A line of shell that installs the agent, with the token in it.
    public var nodeInstallScript: Redacted<String>?
    /// When it was seen last.
    public var lastSeen: Timestamp?
    /// When it was made.
    public var created: Timestamp?
    /// The object as received, token included; `nil` for one made in code.
    public var row: JSONRow?

    /// Makes an agent in code.
    public init(
        id: ID,
        name: String? = nil,
        url: String? = nil,
        status: AgentStatus? = nil,
        token: String? = nil,
        nodeInstallScript: String? = nil,
        lastSeen: Timestamp? = nil,
        created: Timestamp? = nil
    ) {
        self.id = id
        self.name = name
        self.url = url
        self.status = status
        self.token = token.map { Redacted($0) }
        self.nodeInstallScript = nodeInstallScript.map { Redacted($0) }
        self.lastSeen = lastSeen
        self.created = created
    }

    /// Reads the fields of an object.
    public init(row: JSONRow) throws(JSONError) {
        self.row = row
        id = try row.read("id")
        name = try row.readIfPresent("name")
        url = try row.readIfPresent("url")
        status = try row.readIfPresent("status")
        nodeInstallScript = try row.readIfPresent("node_install_script")
        token = try row.readIfPresent("token")
        if token.map(\.revealed.isEmpty) ?? true {
            token = nodeInstallScript.flatMap { Self.token(inScript: $0.revealed) }.map { Redacted($0) }
        }
        lastSeen = try row.readIfPresent("last_seen")
        created = try row.readIfPresent("created")
    }

    /// Writes the known fields, the token among them.
    public func writeFields(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.memberIfPresent("name", name)
        writer.memberIfPresent("url", url)
        writer.memberIfPresent("status", status)
        writer.memberIfPresent("token", token)
        writer.memberIfPresent("node_install_script", nodeInstallScript)
        writer.memberIfPresent("last_seen", lastSeen)
        writer.memberIfPresent("created", created)
    }

    /// The names that are known.
    public static let fieldNames: Set<String> = [
        "id", "name", "url", "status", "token", "node_install_script", "last_seen", "created",
    ]

    /// The forty hexadecimal digits between `agents/` and `/node_install_script`.
    private static func token(inScript script: String) -> String? {
        for mark in script.ranges(of: "/node_install_script") {
            let token = script[..<mark.lowerBound].suffix(40)
            let isToken =
                token.utf8.count == 40
                && token.utf8.allSatisfy { byte in
                    (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
                }
            if isToken, script[..<token.startIndex].hasSuffix("agents/") { return String(token) }
        }
        return nil
    }
}

extension Agent: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// One line without the token.
    public var description: String {
        "Agent(id: \(id), name: \(name ?? "-"), status: \(status?.rawValue ?? "-"))"
    }

    /// The same line.
    public var debugDescription: String { description }

    /// The fields; secret ones are redacted, and the received object is left out.
    public var customMirror: Mirror {
        Mirror(
            self,
            children: [
                "id": id, "name": name as Any, "url": url as Any, "status": status as Any, "token": token as Any,
                "nodeInstallScript": nodeInstallScript as Any, "lastSeen": lastSeen as Any, "created": created as Any,
            ])
    }
}

/// Whether an agent can be reached.
public struct AgentStatus: OpenValue {
    /// The word.
    public let rawValue: String
    /// Makes a value of any word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// It was seen lately.
    public static let connected = Self(rawValue: "connected")
    /// It was not.
    public static let disconnected = Self(rawValue: "disconnected")
    /// The words that are known.
    public static let known: [Self] = [connected, disconnected]
}
