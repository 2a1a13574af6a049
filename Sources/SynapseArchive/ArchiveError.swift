/// Why an archive was refused or could not be made.
public struct ArchiveError: Error, Sendable, CustomStringConvertible {
    /// The kind of an ``ArchiveError``; more kinds may come.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// The code's text.
        public let rawValue: String

        /// Makes a code of its text.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The file is no ZIP archive, or a damaged one.
        public static let damaged = Self(rawValue: "damaged")
        /// The file ends before the archive does.
        public static let truncated = Self(rawValue: "truncated")
        /// An entry's name leads out of the folder, or is no name on every system.
        public static let unsafeName = Self(rawValue: "unsafe_name")
        /// Two entries would be one file, or a file would be a folder.
        public static let nameConflict = Self(rawValue: "name_conflict")
        /// An entry is a link, a device or another thing that is neither file nor folder.
        public static let notAFile = Self(rawValue: "not_a_file")
        /// Encryption, a compression method, or a form of ZIP that is not read here.
        public static let unsupported = Self(rawValue: "unsupported")
        /// Entries share bytes of the archive.
        public static let overlapping = Self(rawValue: "overlapping")
        /// Content is longer or shorter than declared.
        public static let sizeMismatch = Self(rawValue: "size_mismatch")
        /// Content has another checksum than declared.
        public static let checksumMismatch = Self(rawValue: "checksum_mismatch")
        /// A limit of ``ArchiveLimits`` is exceeded.
        public static let limitExceeded = Self(rawValue: "limit_exceeded")
        /// A system call failed.
        public static let inputOutput = Self(rawValue: "input_output")
    }

    /// What kind of error it is.
    public var code: Code
    /// The name of the entry that it is about.
    public var entry: String?
    /// One sentence about what is wrong.
    public var message: String

    init(_ code: Code, _ message: String, entry: String? = nil) {
        self.code = code
        self.entry = entry
        self.message = message
    }

    /// The message, with the entry's name in a form that is safe to print.
    public var description: String {
        guard let entry else { return "the archive can't be used: \(message)" }
        return "the archive's entry '\(Self.printable(entry))' can't be used: \(message)"
    }

    private static func printable(_ name: String) -> String {
        String(
            name.unicodeScalars.prefix(300).flatMap { scalar -> String.UnicodeScalarView in
                let isPlain =
                    !scalar.properties.isDefaultIgnorableCodePoint
                    && scalar.properties.generalCategory != .control
                return (isPlain ? String(scalar) : scalar.escaped(asASCII: true)).unicodeScalars
            }.map(Character.init))
    }
}
