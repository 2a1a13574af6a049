// A table: what the configuration of each provider holds. Source: docs/wire-protocol.md, "Storages".

/// One member of a storage's configuration.
package struct StorageKey: Sendable {
    /// What its value must be.
    package enum Kind: Sendable, Hashable {
        case text
        /// The name or the number of a machine, without a user or a path.
        case host
        /// As `host`, but a bare name is refused: an IP address or a full name.
        case fullHost
        /// An address of `http` or `https` without a user in it.
        case address
        case integer(ClosedRange<Int64>)
        case boolean
        case word([String])
        case object
        case textOrObject
    }

    package let name: String
    package let kind: Kind
    package let isRequired: Bool
    package let isSecret: Bool

    fileprivate init(_ name: String, _ kind: Kind = .text, required: Bool = false, secret: Bool = false) {
        self.name = name
        self.kind = kind
        isRequired = required
        isSecret = secret
    }
}

/// What the configuration of one kind of storage holds.
package struct StorageKeys: Sendable {
    package let keys: [StorageKey]
    /// Of each of these lists, one entry must be there, each entry a set of members.
    package let alternatives: [[Set<String>]]
    /// Members without which the storage can be kept but not opened.
    package let credentials: [Set<String>]

    fileprivate init(
        _ keys: [StorageKey], oneOf alternatives: [[Set<String>]] = [], credentials: [Set<String>] = []
    ) {
        self.keys = keys
        self.alternatives = alternatives
        self.credentials = credentials
    }

    package func key(_ name: String) -> StorageKey? { keys.first { $0.name == name } }
}

extension StorageProvider {
    /// What its configuration holds; `nil` for a provider that is not known here.
    package var keys: StorageKeys? {
        switch rawValue {
        case "file_system", "local": Self.folder
        case "amazon_s3", "s3", "minio": Self.bucket
        case "digital_ocean": Self.space
        case "gcp", "gcs", "gs": Self.googleBucket
        case "azure": Self.container
        case "ftp": Self.ftpServer
        case "sftp": Self.sftpServer
        case "smb": Self.share
        case "synology": Self.nas
        case "http", "https": Self.webServer
        default: nil
        }
    }

    private static let port = StorageKey("port", .integer(1...65_535))
    private static let folder = StorageKeys([StorageKey("location", required: true)])
    private static let bucketKeys = [
        StorageKey("bucket_name", required: true),
        StorageKey("access_key", required: true, secret: true),
        StorageKey("secret_key", required: true, secret: true),
        StorageKey("region_name"),
        StorageKey("endpoint_url", .address),
    ]
    private static let bucket = StorageKeys(bucketKeys)
    private static let space = StorageKeys(bucketKeys, oneOf: [[["region_name"], ["endpoint_url"]]])
    private static let googleBucket = StorageKeys([
        StorageKey("bucket_name", required: true),
        StorageKey("credentials", .textOrObject, required: true, secret: true),
        StorageKey("project"),
    ])
    private static let container = StorageKeys(
        [
            StorageKey("container", required: true),
            StorageKey("account_name"),
            StorageKey("account_key", secret: true),
            StorageKey("sas_token", secret: true),
            StorageKey("connection_string", secret: true),
            StorageKey("endpoint_url", .address),
        ],
        oneOf: [[["connection_string"], ["account_name", "account_key"], ["account_name", "sas_token"]]])
    private static let ftpServer = StorageKeys([
        StorageKey("host", .host, required: true),
        StorageKey("username", required: true),
        StorageKey("password", required: true, secret: true),
        port,
        StorageKey("root_path"),
    ])
    private static let sftpServer = StorageKeys(
        [
            StorageKey("host", .host, required: true),
            StorageKey("username", required: true),
            StorageKey("password", secret: true),
            StorageKey("private_key", secret: true),
            StorageKey("private_key_passphrase", secret: true),
            port,
            StorageKey("root_path"),
        ],
        oneOf: [[["password"], ["private_key"]]])
    private static let share = StorageKeys(
        [
            StorageKey("host", .fullHost, required: true),
            StorageKey("share", required: true),
            port,
            StorageKey("domain"),
            StorageKey("root_path"),
            StorageKey("encrypt", .boolean),
            StorageKey("share_access"),
            StorageKey("timeout", .integer(1...86_400)),
            StorageKey("register_session_retries", .integer(0...1000)),
            StorageKey("auto_mkdir", .boolean),
            StorageKey("auth_mode", .word(["service_account", "per_user"])),
            StorageKey("username"),
            StorageKey("password", secret: true),
        ],
        credentials: [["username", "password"]])
    private static let nas = StorageKeys([
        StorageKey("url", .address, required: true),
        StorageKey("username", required: true),
        StorageKey("password", required: true, secret: true),
        StorageKey("otp_code", secret: true),
        StorageKey("base_path"),
        StorageKey("verify_ssl", .boolean),
    ])
    private static let webServer = StorageKeys([
        StorageKey("base_url", .address, required: true),
        StorageKey("timeout", .integer(1...86_400)),
        StorageKey("headers", .object, secret: true),
    ])
}
