/// Whose files a storage keeps.
public struct StorageCategory: OpenValue {
    /// The word.
    public let rawValue: String
    /// Makes a value of any word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The platform's own.
    public static let `internal` = Self(rawValue: "internal")
    /// Those of others, which the platform reads.
    public static let external = Self(rawValue: "external")
    /// The words that are known.
    public static let known: [Self] = [`internal`, external]
}

/// What kind of place a storage is.
public struct StorageProvider: OpenValue {
    /// The word.
    public let rawValue: String
    /// Makes a value of any word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// A bucket of Amazon S3.
    public static let amazonS3 = Self(rawValue: "amazon_s3")
    /// A container of Azure Blob Storage.
    public static let azure = Self(rawValue: "azure")
    /// A space of DigitalOcean.
    public static let digitalOcean = Self(rawValue: "digital_ocean")
    /// A folder of the server's machine.
    public static let fileSystem = Self(rawValue: "file_system")
    /// A server that speaks FTP.
    public static let ftp = Self(rawValue: "ftp")
    /// A server that speaks SFTP.
    public static let sftp = Self(rawValue: "sftp")
    /// A bucket of MinIO, or another that speaks the language of S3.
    public static let minio = Self(rawValue: "minio")
    /// A bucket of Google Cloud Storage.
    public static let gcp = Self(rawValue: "gcp")
    /// A Synology NAS.
    public static let synology = Self(rawValue: "synology")
    /// A share of a file server that speaks SMB.
    public static let smb = Self(rawValue: "smb")
    /// The words that are known.
    public static let known: [Self] = [
        amazonS3, azure, digitalOcean, fileSystem, ftp, sftp, minio, gcp, synology, smb,
    ]
}

/// What a storage session is for.
public struct StoragePurpose: OpenValue {
    /// The word.
    public let rawValue: String
    /// Makes a value of any word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Reading.
    public static let read = Self(rawValue: "read")
    /// Reading and writing.
    public static let write = Self(rawValue: "write")
    /// The words that are known.
    public static let known: [Self] = [read, write]
}
