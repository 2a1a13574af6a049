import HTTPTypes
public import SynapseModels

// Storages. Source: docs/wire-protocol.md, "Storages".
extension BackendClient {
    /// Lists storages, one page, without their secrets.
    ///
    /// - Parameter query: Which ones.
    /// - Returns: The page.
    /// - Throws: ``ClientError``.
    public func listStorages(_ query: StorageQuery = StorageQuery()) async throws -> Page<Storage> {
        var request = ClientRequest("listStorages", .get, .path("storages/"), query: query.items)
        request.hidesAnswer = true
        return try await page(request)
    }

    /// Lists all storages, without their secrets.
    ///
    /// - Parameters:
    ///   - query: Which ones.
    ///   - options: How to walk through the pages.
    /// - Returns: The storages, fetched as they are read.
    public func listAllStorages(
        _ query: StorageQuery = StorageQuery(), options: PageOptions = PageOptions()
    ) -> PageSequence<Storage> {
        pages("listStorages", "storages/", query: query.items, options: options, hidesAnswer: true)
    }

    /// Gets a storage.
    ///
    /// - Parameters:
    ///   - id: The storage.
    ///   - withConfiguration: Whether the configuration comes whole, passwords and keys included.
    /// - Returns: The storage.
    /// - Throws: ``ClientError``, coded `notFound` when there is none for this tenant.
    public func getStorage(_ id: Storage.ID, withConfiguration: Bool = false) async throws -> Storage {
        let query = withConfiguration ? [QueryItem("with_configuration", "true")] : []
        var request = ClientRequest("getStorage", .get, .path("storages/\(id)/"), query: query)
        request.hidesAnswer = true
        return try await value(request)
    }

    /// Gets the storage to which new files go: the default one, or else the first of the platform's own.
    ///
    /// - Returns: The storage without its secrets, or `nil` when the tenant has none.
    /// - Throws: ``ClientError``.
    public func getDefaultStorage() async throws -> Storage? {
        var request = ClientRequest(
            "getDefaultStorage", .get, .path("storages/"), query: [QueryItem("category", "internal")])
        request.hidesAnswer = true
        let page: Page<Storage> = try await page(request)
        return page.results.first { $0.isDefault == true } ?? page.results.first
    }

    /// Creates a storage.
    ///
    /// - Parameter storage: What to create.
    /// - Returns: The storage without its secrets.
    /// - Throws: ``ClientError``, coded `validationFailed` with field errors on `configuration` that name its members
    ///   and never hold their values, or `outcomeUnknown`.
    public func createStorage(_ storage: StorageCreate) async throws -> Storage {
        var request = ClientRequest("createStorage", .post, .path("storages/"), body: HTTPBody(json: storage))
        request.hidesAnswer = true
        request.secrets = Self.secrets(of: storage.configuration.revealed, provider: storage.provider)
        return try await value(request)
    }

    /// Changes a storage; what the update leaves out stays, members of the configuration, too.
    ///
    /// - Parameters:
    ///   - id: The storage.
    ///   - update: What to change.
    /// - Returns: The storage as it is now, without its secrets.
    /// - Throws: ``ClientError``, coded `notFound` or `validationFailed` with field errors.
    public func updateStorage(_ id: Storage.ID, _ update: StorageUpdate) async throws -> Storage {
        var request = ClientRequest("updateStorage", .patch, .path("storages/\(id)/"), body: HTTPBody(json: update))
        request.hidesAnswer = true
        request.secrets =
            update.configuration.map { Self.secrets(of: $0.revealed, provider: update.provider) } ?? []
        return try await value(request)
    }

    /// Asks for the means to open a storage.
    ///
    /// A server without sessions is asked for the storage with its configuration instead.
    ///
    /// - Parameters:
    ///   - id: The storage.
    ///   - purpose: What for.
    /// - Returns: The provider and the whole configuration, passwords and keys included.
    /// - Throws: ``ClientError``, coded `notFound`; `validationFailed` when the server refuses, the `code` in its answer
    ///   being `provider_unsupported`, `credential_not_registered` or `expired`; `unexpectedShape` when the server
    ///   speaks another version of the contract.
    public func openStorageSession(_ id: Storage.ID, purpose: StoragePurpose = .read) async throws -> StorageSession {
        var body = JSONWriter()
        body.object { $0.member("purpose", purpose) }
        var request = ClientRequest(
            "openStorageSession", .post, .path("storages/\(id)/session/"), body: HTTPBody(bytes: body.bytes))
        // A question, though its method is POST: asking twice changes nothing.
        request.isRead = true
        request.hidesAnswer = true
        let session: StorageSession
        do {
            session = try await value(request)
        } catch let error as ClientError where error.statusCode == 404 || error.statusCode == 405 {
            let storage = try await getStorage(id, withConfiguration: true)
            guard let provider = storage.provider, let configuration = storage.configuration else { throw error }
            return StorageSession(provider: provider, configuration: configuration.revealed)
        }
        guard session.contractVersion == StorageSession.supportedContractVersion else {
            throw ClientError(
                .unexpectedShape,
                "the server speaks version \(session.contractVersion) of storage sessions, this client version "
                    + "\(StorageSession.supportedContractVersion)",
                delivery: .answered
            ).filling(pipeline.context(of: request))
        }
        return session
    }

    /// The texts of a configuration that are not known to be harmless, as they stand and as JSON spells them.
    ///
    /// A server that repeats what it refuses would bring them into an error.
    static func secrets(of configuration: JSONValue, provider: StorageProvider?) -> [Secret] {
        var texts: [String] = []
        func collect(_ value: JSONValue) {
            switch value {
            case .string(let text):
                // As it is, as JSON spells it, and as JSON inside of JSON does.
                var spelled = text
                for _ in 0..<3 {
                    texts.append(spelled)
                    spelled = String(String(decoding: spelled.jsonBytes(), as: UTF8.self).dropFirst().dropLast())
                }
                texts += text.split(whereSeparator: \.isNewline).map(String.init).filter { $0.count > 8 }
            case .array(let elements): for element in elements { collect(element) }
            case .object(let object): for member in object { collect(member.value) }
            default: break
            }
        }
        for member in configuration.objectValue ?? [:] {
            guard let key = provider?.keys?.key(member.key), !key.isSecret else {
                collect(member.value)
                continue
            }
        }
        // The longest first: a short one may be part of it.
        return Set(texts).sorted { $0.utf8.count > $1.utf8.count }.map { Secret($0) }
    }
}

/// Which storages to list.
public struct StorageQuery: Sendable, Hashable {
    /// Only storages of this category.
    public var category: StorageCategory?
    /// Only storages of this kind.
    public var provider: StorageProvider?
    /// What every list can be asked for.
    public var list: ListQuery

    /// Creates a query; without arguments it asks for every storage.
    ///
    /// - Parameters:
    ///   - category: Only storages of this category.
    ///   - provider: Only storages of this kind.
    ///   - list: What every list can be asked for.
    public init(category: StorageCategory? = nil, provider: StorageProvider? = nil, list: ListQuery = ListQuery()) {
        self.category = category
        self.provider = provider
        self.list = list
    }

    package var items: [QueryItem] {
        var items: [QueryItem] = []
        if let category { items.append(QueryItem("category", category.rawValue)) }
        if let provider { items.append(QueryItem("provider", provider.rawValue)) }
        return items + list.items
    }
}
