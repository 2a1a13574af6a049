/// The means to open a storage, handed out for one purpose.
///
/// Its configuration holds secrets: it is not shown when a session is printed.
///
/// Source: docs/wire-protocol.md, "Storages".
public struct StorageSession: JSONReadable {
    /// The version of the contract that this client knows.
    public static let supportedContractVersion = 1

    /// What kind of place it is.
    public var provider: StorageProvider
    /// How to reach it, secrets included.
    public var configuration: Redacted<RawJSON>
    /// Until when it may be used; `nil` has no end.
    public var expiresAt: Timestamp?
    /// The version of the contract; 1 where the server does not say.
    public var contractVersion: Int

    /// Makes a session in code.
    public init(
        provider: StorageProvider, configuration: RawJSON, expiresAt: Timestamp? = nil, contractVersion: Int = 1
    ) {
        self.provider = provider
        self.configuration = Redacted(configuration)
        self.expiresAt = expiresAt
        self.contractVersion = contractVersion
    }

    /// Reads an object.
    public init(reading json: RawJSON) throws(JSONError) {
        let row = try json.row()
        provider = try row.read("provider")
        configuration = Redacted(try row.read("configuration", as: RawJSON.self).detached())
        expiresAt = try row.readIfPresent("expires_at")
        contractVersion = try row.readIfPresent("contract_version") ?? 1
    }
}
