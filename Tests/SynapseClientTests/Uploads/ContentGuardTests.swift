import SynapseClient
import SynapseTestSupport
import Testing

/// Each rule of the content guard, what is close to it, and the ways around it.
@Suite(.timeLimit(.minutes(1)))
struct ContentGuardTests {
    private static func findings(_ name: String, _ content: [UInt8]) throws -> [String] {
        ContentInspection.findings(name: name, byteCount: Int64(content.count)) { (offset, count) in
            Array(content[Int(offset)..<min(content.count, Int(offset) + count)])
        }.map { "\($0.rule) \($0.label)\($0.offset.map { " \($0)" } ?? "")" }
    }

    private static func findings(_ name: String, _ text: String) throws -> [String] {
        try findings(name, Array(text.utf8))
    }

    @Test(arguments: [
        ".env", ".env.local", "prod.env", "credentials", "credentials.json", ".netrc", ".npmrc", ".pypirc", ".pgpass",
        ".htpasswd", "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "server.pem", "Server.KEY", "a.p12", "a.pfx",
        "a.jks",
        "a.keystore", "ID_RSA",
    ])
    func `Names of credential files are refused`(name: String) throws {
        #expect(try Self.findings(name, "") == ["SENSITIVE_FILE credential_file_name"])
    }

    @Test(arguments: ["env", "a.envy", "mycredentials", "id_rsa.pub", "key", "keys.txt", "a.peme", "env.txt"])
    func `Names that are only like them pass`(name: String) throws {
        #expect(try Self.findings(name, "") == [])
    }

    @Test(arguments: [
        "exe", "dll", "so", "dylib", "com", "scr", "msi", "cpl", "sys", "bat", "cmd", "ps1", "psm1", "vbs", "vbe",
        "wsf",
        "hta", "sh", "bash", "zsh", "csh", "ksh", "jar", "apk", "app", "deb", "rpm",
    ])
    func `Extensions of programs are refused`(ext: String) throws {
        #expect(try Self.findings("a.\(ext)", "") == ["EXECUTABLE extension_\(ext)"])
        #expect(try Self.findings("A.\(ext.uppercased())", "") == ["EXECUTABLE extension_\(ext)"])
        #expect(try Self.findings(".\(ext)", "") == [])
    }

    @Test(
        arguments: [
            ("-----BEGIN PRIVATE KEY-----", "private_key 2"), ("-----BEGIN RSA PRIVATE KEY-----", "private_key 2"),
            ("-----BEGIN PGP PRIVATE KEY BLOCK-----", "private_key 2"),
            ("-----BEGIN VERY LONG 2 PRIVATE KEY-----", "private_key 2"), ("-----BEGIN PUBLIC KEY-----", nil),
            ("----BEGIN PRIVATE KEY-----", nil), ("-----BEGIN rsa PRIVATE KEY-----", nil),
            ("AKIAABCDEFGHIJKLMNOP", "aws_access_key 2"), ("ASIA0123456789ABCDEF", "aws_access_key 2"),
            ("AKIAABCDEFGHIJKLMNO", nil), ("AKIAABCDEFGHIJKLMNOPQ", nil), ("xAKIAABCDEFGHIJKLMNOP", nil),
            ("akiaabcdefghijklmnop", nil), ("ghp_" + String(repeating: "a", count: 36), "github_token 2"),
            ("syn_" + String(repeating: "0a", count: 24), "synapse_token 2"),
            ("syn_" + String(repeating: "0a", count: 25), nil), ("syn_" + String(repeating: "0g", count: 24), nil),
            ("ghs_" + String(repeating: "Z", count: 40), "github_token 2"),
            ("ghp_" + String(repeating: "a", count: 35), nil), ("ghx_" + String(repeating: "a", count: 36), nil),
            ("ghp_" + String(repeating: "a", count: 36) + "_", nil), ("aghp_" + String(repeating: "a", count: 36), nil),
            ("xoxb-123456789-", "slack_token 2"), ("xoxz-1234567890", nil), ("xoxb-123456789", nil),
            ("axoxb-1234567890", nil),
        ] as [(String, String?)])
    func `Secrets in text are found, what is close to them is not`(text: String, found: String?) throws {
        #expect(try Self.findings("a.txt", "- \(text) .") == (found.map { ["SENSITIVE_FILE \($0)"] } ?? []))
    }

    @Test(
        arguments: [
            ("<script>", "script_tag 0"), ("a < \n ScRiPt src", "script_tag 2"), ("<scripts>", nil), ("<script", nil),
            ("script>", nil), ("<img onerror=x>", "event_handler 0"), ("<p/ONCLICK = 'a'>", "event_handler 0"),
            ("<p a='b'onload=c>", "event_handler 0"), ("<p on=1>", nil), ("<p onab=1>", nil), ("<p xonload=1>", nil),
            ("<p>onload=1", nil), ("1 < 2 onload=1", nil), ("<a href=javascript:x", "script_url 3"),
            ("<a href = \" vbscript : x", "script_url 3"), ("formaction='javascript:x'", "script_url 0"),
            ("xlink:href=javascript:x", "script_url 0"), ("poster=javascript:x", "script_url 0"),
            ("title=javascript:x", nil),
            ("javascript:x", nil), ("href=java script:x", nil), ("url('javascript:x')", "css_script_url 0"),
            ("b: URL( vbscript:x)", "css_script_url 3"), ("curl(javascript:", "css_script_url 1"),
            ("(javascript:x)", nil),
            ("data:text/html,x", "html_data_url 0"), ("a data : \n TEXT/HTML", "html_data_url 2"),
            ("data:text/plain", nil),
            ("<iframe src", "embedded_frame 0"), ("<frameset>", "embedded_frame 0"), ("<frame/", "embedded_frame 0"),
            ("< object>", "embedded_frame 0"), ("<embed\n", "embedded_frame 0"), ("<applet ", "embedded_frame 0"),
            ("<objects>", nil), ("<object", nil), ("<p srcdoc=x", "srcdoc 2"), ("a\tSRCDOC =", "srcdoc 1"),
            ("srcdoc=", nil),
        ] as [(String, String?)])
    func `Scripts in text are found, what is close to them is not`(text: String, found: String?) throws {
        #expect(try Self.findings("a.txt", text) == (found.map { ["SCRIPT_INJECTION \($0)"] } ?? []))
    }

    @Test(
        arguments: [
            ("jpg", [0xFF, 0xD8, 0xFF, 0]), ("jpeg", [0xFF, 0xD8, 0xFF, 0]),
            ("png", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0]), ("gif", Array("GIF89a\0".utf8)),
            ("webp", Array("RIFF\0\0\0\0WEBP".utf8)), ("wav", Array("RIFF\0\0\0\0WAVE".utf8)),
            ("avi", Array("RIFF\0\0\0\0AVI ".utf8)), ("tif", [0x49, 0x49, 0x2A, 0]), ("tiff", [0x4D, 0x4D, 0, 0x2B]),
            ("bmp", Array("BM\0\0\0\0\0\0\0\0\0\0\0\0".utf8)), ("pdf", Array("junk %PDF-1.7\0".utf8)),
            ("zip", [0x50, 0x4B, 3, 4, 0]), ("docx", [0x50, 0x4B, 5, 6, 0]), ("gz", [0x1F, 0x8B, 0]),
            ("mp4", [0, 0, 0, 9] + Array("ftyp".utf8)), ("mov", [0, 0, 0, 9] + Array("wide".utf8)),
            ("mkv", [0x1A, 0x45, 0xDF, 0xA3, 0]), ("ogg", Array("OggS\0".utf8)), ("flac", Array("fLaC\0".utf8)),
            ("mp3", Array("ID3\0".utf8)), ("mp3", [0xFF, 0xFB, 0]),
        ] as [(String, [UInt8])])
    func `Content that fits its extension passes, other content does not`(ext: String, head: [UInt8]) throws {
        #expect(try Self.findings("a.\(ext)", head) == [])
        #expect(try Self.findings("a.\(ext)", "plain") == ["TYPE_MISMATCH \(ext)_is_unknown"])
        let other = ext == "flac" ? "OggS\0" : "fLaC\0"
        #expect(try Self.findings("a.\(ext)", other) == ["TYPE_MISMATCH \(ext)_is_\(ext == "flac" ? "ogg" : "flac")"])
        #expect(try Self.findings("a.csv", head) == [])
    }

    @Test(
        arguments: [
            ([0x7F, 0x45, 0x4C, 0x46, 0], "elf 0"), ([0xCF, 0xFA, 0xED, 0xFE, 0], "macho 0"),
            ([0xCA, 0xFE, 0xBA, 0xBE, 0], "macho_fat 0"), (Array("#!/bin/sh".utf8), "shebang 0"),
            (Array("MZ".utf8) + Array(repeating: 0, count: 58) + [64, 0, 0, 0] + Array("PE\0\0".utf8), "pe 0"),
            (Array("MZ".utf8) + Array(repeating: 0, count: 58) + [0, 0, 9, 0], "pe 0"),
            (Array("MZ".utf8) + Array(repeating: 0, count: 58) + [64, 0, 0, 0] + Array("XE\0\0".utf8), nil),
            (Array("MZ is a word".utf8), nil),
        ] as [([UInt8], String?)])
    func `Programs are recognised by their first bytes`(head: [UInt8], found: String?) throws {
        #expect(try Self.findings("a.bin", head) == (found.map { ["EXECUTABLE \($0)"] } ?? []))
    }

    @Test
    func `Bytes are not read as text`() throws {
        #expect(try Self.findings("a.bin", [0] + Array("<script>".utf8)) == [])
        let late = Array(repeating: UInt8(ascii: "a"), count: 8192) + [0] + Array("<script>".utf8)
        #expect(try Self.findings("a.bin", late) == ["SCRIPT_INJECTION script_tag 8193"])
    }

    @Test
    func `Text is read to its end, across the borders of what is read at once`() throws {
        for shift in [-1, 0, 3, 7, 8] {
            let place = (1 << 20) - shift
            let text = Array(repeating: UInt8(ascii: "a"), count: place) + Array("<script>".utf8) + [0x20]
            #expect(try Self.findings("a.txt", text) == ["SCRIPT_INJECTION script_tag \(place)"])
        }
    }

    @Test(arguments: [true, false])
    func `UTF-16 is decoded first`(isBigEndian: Bool) throws {
        let units = [0xFEFF] + Array("ä𝄞<script>".utf16) + [0xD800] + Array(" AKIAABCDEFGHIJKLMNOP".utf16)
        let bytes = units.flatMap { unit in
            isBigEndian
                ? [UInt8(unit >> 8), UInt8(unit & 255)] : [UInt8(unit & 255), UInt8(unit >> 8)]
        }
        #expect(
            try Self.findings("a.txt", bytes) == [
                "SCRIPT_INJECTION script_tag 6", "SENSITIVE_FILE aws_access_key 15",
            ])
    }

    @Test
    func `No more than ten findings, each once, in the order of the rules`() throws {
        let text = """
            #!<script> <iframe > <p onload=1 srcdoc=2 href=javascript:a> url(javascript:b) data:text/html <script>
            -----BEGIN PRIVATE KEY----- AKIAABCDEFGHIJKLMNOP xoxb-1234567890
            """
        let found = try Self.findings("id_rsa.key.exe", text)
        #expect(found.count == 10)
        #expect(Set(found).count == 10)
        #expect(
            found.prefix(3) == ["EXECUTABLE extension_exe", "EXECUTABLE shebang 0", "SCRIPT_INJECTION script_tag 2"])
    }

    @Test
    func `Every upload refuses the file before anything is sent and says how to allow it`() async throws {
        let file = try TemporaryFile(Array("<script>alert(1)</script>".utf8), name: "page.html")
        let transport = ScriptedTransport { _ in .json("{}", status: 500) }
        let client = try makeClient(transport: transport)
        let calls: [(BackendClient) async throws -> Void] = [
            { _ = try await $0.createDataFile(file.path) },
            { _ = try await $0.createDataFile(file.path, useChunkedUpload: true) },
            { _ = try await $0.createChunkedUpload(file.path) },
            { _ = try await $0.uploadDataFile(OrganizedFile(files: ["a": file.path]), collectionID: 1) },
            {
                let items = [OrganizedFile(files: ["a": file.path])]
                if let error = try await $0.uploadDataCollection(1, items: items).items[0].error { throw error }
            },
        ]
        for call in calls {
            let error = try #require(await failure { try await call(client) })
            #expect(error.code == .unsafeContent)
            #expect(error.context.file == file.path)
            #expect(error.message.contains("page.html"))
            #expect(error.message.contains("--allow SCRIPT_INJECTION"))
            #expect(!error.description.contains("alert"))
            #expect((error.underlying as? UnsafeContent)?.findings.map(\.label) == ["script_tag"])
        }
        #expect(transport.requests.isEmpty)
    }

    @Test
    func `What is allowed is sent`() async throws {
        let file = try TemporaryFile(Array("<script>".utf8), name: "page.html")
        for exception in [
            ContentGuard(allowedRules: [.scriptInjection]), ContentGuard(allowedFiles: [file.path]),
            ContentGuard(allowedFiles: ["page.html"]), ContentGuard.off,
        ] {
            #expect(try await exception.inspect(file.path).isEmpty)
            let transport = ScriptedTransport { _ in
                .json(#"{"id":1,"checksum":"2c4e0d7dbf6bd7b1e3b0a0b4c5f8b6f1","size":8}"#, status: 400)
            }
            var configuration = ClientConfiguration(baseURL: "http://backend")
            configuration.contentGuard = exception
            let client = try BackendClient(configuration: configuration, transport: transport, logger: .silent)
            let error = try #require(await failure { _ = try await client.createDataFile(file.path) })
            #expect(error.code == .validationFailed)
            #expect(transport.requests.count == 1)
        }
        #expect(try await ContentGuard(allowedRules: [.executable]).inspect(file.path).count == 1)
        #expect(try await ContentGuard(allowedFiles: ["other.html"]).inspect(file.path).count == 1)
    }
}
