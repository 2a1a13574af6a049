/// Why a backend server could not start or carry out an administrative call.
public struct BackendServerError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is; open, so that later versions can add kinds.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// The code as text.
        public let rawValue: String

        /// Makes a code from its text.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The data directory cannot be made, read or written.
        public static let directoryUnusable = Self(rawValue: "directory_unusable")
        /// Another server holds the data directory.
        public static let directoryInUse = Self(rawValue: "directory_in_use")
        /// The database cannot be opened or brought up to date.
        public static let databaseUnusable = Self(rawValue: "database_unusable")
        /// The address cannot be listened on.
        public static let addressUnusable = Self(rawValue: "address_unusable")
        /// The server ended before it was ready.
        public static let notRunning = Self(rawValue: "not_running")
        /// A setting is not usable, or a tenant or token that was named does not exist, or exists already.
        public static let invalidArgument = Self(rawValue: "invalid_argument")
        /// The database cannot take the call now: it is busy, full, removed or closed.
        public static let unavailable = Self(rawValue: "unavailable")
    }

    /// What kind of failure it is.
    public var code: Code
    /// One sentence for a person; holds no secrets.
    public var message: String
    /// What caused it, when something did.
    public var underlying: (any Error)?

    /// Makes an error.
    public init(code: Code, message: String, underlying: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.underlying = underlying
    }

    /// The code and the message in one line.
    public var description: String { "\(code.rawValue): \(message)" }
}
