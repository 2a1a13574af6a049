package import SynapseModels

extension BackendClient {
    /// The step that converts each page of a list.
    package func conversion<Element: WireModel>(
        _ conversion: URLConversion?
    ) -> (@Sendable (Page<Element>) async throws -> Page<Element>)? {
        guard let conversion else { return nil }
        return { try await convert($0, conversion) }
    }

    /// Converts the addresses of a page.
    ///
    /// Rows that could not be read stay as they are.
    @concurrent
    package func convert<Element: WireModel>(
        _ page: Page<Element>, _ conversion: URLConversion?
    ) async throws -> Page<Element> {
        guard let conversion else { return page }
        let trees = page.rows.map { row in try? row.get().row?.raw.value }
        let replacements = try await replacements(for: trees.compactMap(\.self), conversion)
        var converted = page
        for (index, tree) in trees.enumerated() {
            guard var tree else { continue }
            for field in conversion.fields {
                tree = tree.replacingFiles(at: field.split(separator: ".").map(String.init), replacements)
            }
            do {
                converted.rows[index] = .success(try Element(reading: RawJSON(tree)))
            } catch {
                converted.rows[index] = .failure(OddRow(index: index, error: error, raw: RawJSON(tree)))
            }
        }
        return converted
    }

    private func replacements(
        for trees: [JSONValue], _ conversion: URLConversion
    ) async throws -> [String: FileReplacement] {
        var files: [FileToConvert] = []
        for tree in trees {
            for field in conversion.fields {
                tree.collectFiles(at: field.split(separator: ".").map(String.init), into: &files)
            }
        }
        var result: [String: FileReplacement] = [:]
        switch conversion.kind {
        case .map(let transform):
            for file in files { result[file.url] = .url(transform(file.url)) }
        case .download(let cache, let limit, let onFailure):
            let paths = try await mapConcurrently(files, limit: limit) { _, file in
                do {
                    return try await fetch(file, into: cache)
                } catch let error as ClientError {
                    guard let onFailure else { throw error }
                    // The query of an address is its signature, which is not for logs.
                    onFailure(String(file.url.prefix { $0 != "?" }), error)
                    return nil
                }
            }
            for (file, path) in zip(files, paths) {
                if let path { result[file.url] = .path(path) }
            }
        }
        return result
    }

    private func fetch(_ file: FileToConvert, into cache: FileCache) async throws -> String? {
        if file.url.hasPrefix("data:") { return nil }
        return try await cache.path(for: file.url, byteCount: file.byteCount, checksum: file.checksum) { path in
            _ = try await download(file.url, to: path, byteCount: file.byteCount, checksum: file.checksum)
        }
    }
}

/// A file found in a row.
private struct FileToConvert: Sendable {
    var url: String
    var byteCount: Int64?
    var checksum: String?
}

private enum FileReplacement: Sendable {
    case url(String)
    case path(String)
}

extension JSONValue {
    fileprivate func collectFiles(at path: [String], into files: inout [FileToConvert]) {
        if let name = path.first {
            if let list = arrayValue {
                for element in list { element.collectFiles(at: path, into: &files) }
            } else {
                self[name]?.collectFiles(at: Array(path.dropFirst()), into: &files)
            }
            return
        }
        switch self {
        case .string(let url): files.append(FileToConvert(url: url))
        case .array(let list): for element in list { element.collectFiles(at: [], into: &files) }
        case .object(let object):
            guard case .string(let url)? = object["url"] else {
                for member in object { member.value.collectFiles(at: [], into: &files) }
                return
            }
            let checksum = object["checksum"]?.stringValue
            files.append(FileToConvert(url: url, byteCount: object["size"]?.integerValue, checksum: checksum))
        default: return
        }
    }

    fileprivate func replacingFiles(at path: [String], _ replacements: [String: FileReplacement]) -> JSONValue {
        if let name = path.first {
            if let list = arrayValue { return .array(list.map { $0.replacingFiles(at: path, replacements) }) }
            guard case .object(var object) = self, let value = object[name] else { return self }
            object[name] = value.replacingFiles(at: Array(path.dropFirst()), replacements)
            return .object(object)
        }
        switch self {
        case .string(let url):
            switch replacements[url] {
            case .url(let text), .path(let text): return .string(text)
            case nil: return self
            }
        case .array(let list):
            return .array(list.map { $0.replacingFiles(at: [], replacements) })
        case .object(var object):
            guard case .string(let url)? = object["url"] else {
                for key in object.map(\.key) {
                    object[key] = object[key]?.replacingFiles(at: [], replacements)
                }
                return .object(object)
            }
            switch replacements[url] {
            case .url(let text): object["url"] = .string(text)
            case .path(let text): object["path"] = .string(text)
            case nil: break
            }
            return .object(object)
        default: return self
        }
    }
}
