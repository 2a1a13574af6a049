/// Decides which files must not leave this machine: keys, programs, pages that run scripts, and files that are not what
/// their name says.
///
/// One guard serves every upload of a client. What it refuses by mistake is allowed by name, rule by rule or file by
/// file; what is allowed is a choice of the caller, never of the file.
///
/// ```swift
/// configuration.contentGuard.allowedRules = [.scriptInjection]
/// configuration.contentGuard.allowedFiles = ["data/page.html"]
/// ```
///
/// Source: docs/wire-protocol.md, "Content guard".
public struct ContentGuard: Sendable, Hashable {
    /// What a rule is about.
    ///
    /// Open: a later version may add rules.
    public struct Rule: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        /// The name, as `--allow` takes it.
        public let rawValue: String

        /// Makes a rule from its name.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The name.
        public var description: String { rawValue }

        /// Names of credential files, private keys and access tokens.
        public static let sensitiveFile = Self(rawValue: "SENSITIVE_FILE")
        /// Programs, installers and scripts with an interpreter line.
        public static let executable = Self(rawValue: "EXECUTABLE")
        /// A name that promises another kind of content than the file has.
        public static let typeMismatch = Self(rawValue: "TYPE_MISMATCH")
        /// Text that runs a script when a browser shows it.
        public static let scriptInjection = Self(rawValue: "SCRIPT_INJECTION")

        /// All rules of this version.
        public static let all: [Self] = [.sensitiveFile, .executable, .typeMismatch, .scriptInjection]
    }

    /// Why a file was refused; it never holds bytes of the file.
    public struct Finding: Sendable, Hashable, CustomStringConvertible {
        /// The rule.
        public var rule: Rule
        /// What exactly was found, in snake case.
        public var label: String
        /// Where it begins in the content, in bytes; of UTF-16 text in bytes of its UTF-8 form.
        public var offset: Int64?

        package init(_ rule: Rule, _ label: String, offset: Int64? = nil) {
            self.rule = rule
            self.label = label
            self.offset = offset
        }

        /// The rule, and what was found where.
        public var description: String { "\(rule) (\(label)\(offset.map { " at byte \($0)" } ?? ""))" }
    }

    /// Whether files are looked at.
    public var isEnabled = true
    /// Rules that do not hold.
    public var allowedRules: Set<Rule>
    /// Files that are not looked at: paths as they are given to the upload, or names without a folder.
    public var allowedFiles: Set<String>

    /// Makes a guard that refuses what no exception covers.
    ///
    /// - Parameters:
    ///   - allowedRules: Rules that do not hold.
    ///   - allowedFiles: Files that are not looked at: paths, or names without a folder.
    public init(allowedRules: Set<Rule> = [], allowedFiles: Set<String> = []) {
        self.allowedRules = allowedRules
        self.allowedFiles = allowedFiles
    }

    /// A guard that lets everything pass.
    public static var off: ContentGuard {
        var guarding = ContentGuard()
        guarding.isEnabled = false
        return guarding
    }

    /// Looks at a file and says what speaks against sending it.
    ///
    /// - Parameter path: The file.
    /// - Returns: At most ten findings, each label once; none when the file may be sent.
    /// - Throws: ``ClientError`` coded `fileUnreadable`, or `CancellationError`.
    @concurrent
    public func inspect(_ path: String) async throws -> [Finding] {
        try findings(in: FileSource(path: path))
    }

    /// What speaks against sending an open file; reads its head, and all of it when it is text.
    ///
    /// `contents`, all bytes of a small file, spares the reading.
    ///
    /// - Throws: ``ClientError`` coded `fileUnreadable`, or `CancellationError`.
    package func findings(in source: FileSource, contents: [UInt8]? = nil) throws -> [Finding] {
        guard isEnabled, !allows(path: source.path) else { return [] }
        return try ContentInspection.findings(name: source.name, byteCount: source.byteCount) { (offset, count) in
            try Task.checkCancellation()
            guard let contents else { return try source.bytes(at: offset, count: count) }
            return offset == 0 && count >= contents.count
                ? contents : Array(contents.dropFirst(Int(offset)).prefix(count))
        }.filter { !allowedRules.contains($0.rule) }
    }

    /// Refuses a file that must not be sent.
    ///
    /// - Throws: ``ClientError`` coded `unsafeContent` or `fileUnreadable`, or `CancellationError`.
    package func check(_ source: FileSource, contents: [UInt8]? = nil) throws {
        let findings = try findings(in: source, contents: contents)
        if !findings.isEmpty { throw ClientError(unsafe: source.path, findings) }
    }

    private func allows(path: String) -> Bool {
        allowedFiles.contains(path) || allowedFiles.contains(FileSource.name(ofPath: path))
    }
}

/// What the content guard found, for programs: ``ClientError/underlying`` of an error coded `unsafeContent`.
public struct UnsafeContent: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file.
    public var path: String
    /// All that was found, at most ten.
    public var findings: [ContentGuard.Finding]

    /// The findings in one line.
    public var description: String { findings.map(\.description).joined(separator: ", ") }
}

extension ClientError.Code {
    /// The content guard refused a file: see ``UnsafeContent``.
    public static let unsafeContent = Self(rawValue: "unsafe_content")
}

extension ClientError {
    fileprivate init(unsafe path: String, _ findings: [ContentGuard.Finding]) {
        var context = Context()
        context.file = path
        var rules: [String] = []
        for finding in findings where !rules.contains(finding.rule.rawValue) { rules.append(finding.rule.rawValue) }
        let found = UnsafeContent(path: path, findings: findings)
        self.init(
            .unsafeContent,
            "\(FileSource.name(ofPath: path)) was not sent: \(found); if it is meant to be, allow the file or the rule "
                + "(contentGuard of the configuration, or --allow \(rules.joined(separator: " --allow ")))",
            context: context, underlying: found
        )
    }
}

extension BackendClient {
    /// Opens a file that is to be uploaded, after the content guard has looked at it.
    ///
    /// - Throws: ``ClientError`` coded `fileUnreadable` or `unsafeContent`, or `CancellationError`.
    @concurrent
    package func openForUpload(_ path: String) async throws -> FileSource {
        let source = try FileSource(path: path)
        try configuration.contentGuard.check(source)
        return source
    }
}

extension FileSource {
    /// Reads `count` bytes, fewer at the end of the file.
    fileprivate func bytes(at offset: Int64, count: Int) throws(ClientError) -> [UInt8] {
        var failure: ClientError?
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            do throws(ClientError) {
                let target = UnsafeMutableRawBufferPointer(buffer)
                while initialized < count {
                    let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: target[initialized...])
                    let read = try unsafe read(into: rest, at: offset + Int64(initialized))
                    if read == 0 { break }
                    initialized += read
                }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }
}
