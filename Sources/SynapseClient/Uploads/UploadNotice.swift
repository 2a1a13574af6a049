/// Something that a person would want to know of an upload that goes on.
public struct UploadNotice: Sendable, Hashable, CustomStringConvertible {
    /// A machine-readable reason.
    ///
    /// Open: codes that a later version adds are kept as they are.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// The stable text of the code, in snake case.
        public let rawValue: String

        /// Creates a code from its text.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The upload of an earlier run goes on.
        public static let resumed = Self(rawValue: "resumed")
        /// The file is not what an earlier run began to send: it is sent from its beginning.
        public static let sourceChanged = Self(rawValue: "source_changed")
        /// The server does not know the upload any more: the file is sent from its beginning.
        public static let uploadExpired = Self(rawValue: "upload_expired")
        /// The server has other bytes than were sent: the file is sent from its beginning, once.
        public static let damaged = Self(rawValue: "damaged")
        /// The connection or the server fails; the upload tries again.
        public static let retrying = Self(rawValue: "retrying")
        /// Another upload of the same file is under way: this one has its own, which can't be gone on with.
        public static let heldElsewhere = Self(rawValue: "held_elsewhere")
        /// Progress can't be remembered: a killed upload will begin at the first byte.
        public static let notRemembered = Self(rawValue: "not_remembered")
    }

    /// What happened.
    public var code: Code
    /// The local file.
    public var path: String
    /// Bytes that the server has.
    public var offset: Int64
    /// Bytes of the file.
    public var totalByteCount: Int64
    /// One sentence for a person, without the name of the file.
    public var message: String

    /// The sentence.
    public var description: String { message }
}
