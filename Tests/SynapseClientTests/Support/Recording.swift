#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import HTTPTypes
import SynapseClient
import SynapseModels
import Synchronization
import Testing

/// One call of the platform's own client, as it was recorded: what it sent, and what it was answered.
struct Recording: Sendable {
    var id: Int
    var call: String
    var requests: [JSONValue]
    var responses: [JSONValue]

    static func load(_ id: Int, from file: String = "recordings.json") throws -> Recording {
        let path = String(
            #filePath.prefix(upTo: #filePath.lastRange(of: "/Support/")?.lowerBound ?? #filePath.endIndex))
        let text = try String(
            decoding: Data(contentsOf: URL(filePath: path + "/Fixtures/\(file)")), as: UTF8.self)
        let all = try JSONValue(parsing: text).arrayValue ?? []
        let entry = try #require(all.first { $0["id"]?.integerValue == Int64(id) })
        return Recording(
            id: id, call: entry["call"]?.stringValue ?? "", requests: entry["requests"]?.arrayValue ?? [],
            responses: entry["responses"]?.arrayValue ?? []
        )
    }

    /// The recording with text replaced everywhere, such as a digest that the recording server made up.
    func replacing(_ old: String, with new: String) throws -> Recording {
        func swap(_ value: JSONValue) throws -> JSONValue {
            try JSONValue(
                parsing: value.description.split(separator: old, omittingEmptySubsequences: false).joined(
                    separator: new))
        }
        return Recording(id: id, call: call, requests: try requests.map(swap), responses: try responses.map(swap))
    }

    /// A transport that gives the recorded answers in order.
    ///
    /// Requests that `extra` answers are the wanted additions and do not count.
    func transport(
        extra: @escaping @Sendable (ScriptedTransport.Sent) -> TransportResponse? = { _ in nil }
    ) -> ScriptedTransport {
        let next = Mutex(0)
        return ScriptedTransport { sent in
            if let response = extra(sent) { return response }
            let index = next.withLock { index in
                defer { index += 1 }
                return index
            }
            guard index < responses.count else {
                throw TransportError(.other, mayHaveArrived: false, detail: "no more answers")
            }
            let response = responses[index]
            guard let status = response["status"]?.integerValue else {
                throw TransportError(.connectionLost, mayHaveArrived: true)
            }
            let text = response["json"]?.description ?? response["body"]?["text"]?.stringValue ?? ""
            let headers = (response["headers"]?.objectValue ?? [:]).reduce(into: [:]) { headers, member in
                headers[member.key] = member.value.stringValue
            }
            return .json(text, status: Int(status), headers: headers)
        }
    }

    /// Compares what was sent with the recording: method, path, query, the headers that matter, body.
    func check(_ sent: [ScriptedTransport.Sent], sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(
            sent.count == requests.count, "\(sent.map { "\($0.method) \($0.target)" })", sourceLocation: sourceLocation)
        for (ours, theirs) in zip(sent, requests) {
            #expect(ours.method == theirs["method"]?.stringValue, sourceLocation: sourceLocation)
            #expect(ours.path == theirs["path"]?.stringValue, sourceLocation: sourceLocation)
            let query = (theirs["query"]?.arrayValue ?? []).map {
                "\($0[0]?.stringValue ?? "")=\($0[1]?.stringValue ?? "")"
            }
            let ourQuery = [QueryItem](query: ours.query).map { "\($0.name)=\($0.value)" }
            #expect(ourQuery.sorted() == query.sorted(), sourceLocation: sourceLocation)
            checkHeaders(ours, theirs, sourceLocation)
            checkBody(ours, theirs, sourceLocation)
        }
    }

    private func checkHeaders(_ ours: ScriptedTransport.Sent, _ theirs: JSONValue, _ location: SourceLocation) {
        for member in theirs["headers"]?.objectValue ?? [:] {
            let name = member.key.lowercased()
            let value = member.value.stringValue ?? ""
            switch name {
            case "content-length" where ours.headers["content-type"]?.hasPrefix("multipart") ?? false:
                // Ours has the same framing to the byte; JSON of ours is compact.
                #expect(ours.body.count == Int(value), sourceLocation: location)
            case "content-length": break
            case "content-type" where value.hasPrefix("multipart"):
                #expect(
                    ours.headers[name]?.hasPrefix("multipart/form-data; boundary=") == true, sourceLocation: location)
            default:
                #expect(ours.headers[name] == value, "\(member.key)", sourceLocation: location)
            }
        }
        for name in ["synapse-access-token", "authorization", "synapse-tenant", "synapse-agent"] {
            let isSent = (theirs["headers"]?.objectValue ?? [:]).contains { $0.key.lowercased() == name }
            #expect((ours.headers[name] != nil) == isSent, "\(name)", sourceLocation: location)
        }
    }

    private func checkBody(_ ours: ScriptedTransport.Sent, _ theirs: JSONValue, _ location: SourceLocation) {
        if let json = theirs["json"] {
            #expect((try? JSONValue(parsing: ours.body)) == json, sourceLocation: location)
        } else if let parts = theirs["multipart"]?.arrayValue {
            let sent = MultipartReader.parts(ours.body, contentType: ours.headers["content-type"] ?? "")
            #expect(sent.count == parts.count, sourceLocation: location)
            for (our, their) in zip(sent, parts) {
                #expect(
                    our.headers == [
                        "Content-Disposition: \(their["headers"]?["Content-Disposition"]?.stringValue ?? "")"
                    ])
                #expect(our.content.count == Int(their["size"]?.integerValue ?? -1), sourceLocation: location)
                if let text = their["text"]?.stringValue {
                    #expect(String(decoding: our.content, as: UTF8.self) == text, sourceLocation: location)
                }
                if let hexadecimal = their["hex_first16"]?.stringValue {
                    #expect(Hexadecimal.text(our.content.prefix(16)) == hexadecimal, sourceLocation: location)
                }
            }
        } else if let bytes = theirs["body"], let size = bytes["size"]?.integerValue {
            #expect(ours.body.count == Int(size), sourceLocation: location)
            if let hexadecimal = bytes["hex_first16"]?.stringValue {
                #expect(Hexadecimal.text(ours.body.prefix(16)) == hexadecimal, sourceLocation: location)
            }
            if let text = bytes["text"]?.stringValue {
                #expect(String(decoding: ours.body, as: UTF8.self) == text, sourceLocation: location)
            }
        } else {
            #expect(ours.body.isEmpty, sourceLocation: location)
        }
    }
}

/// Takes a multipart body apart, strictly.
enum MultipartReader {
    static func parts(_ body: [UInt8], contentType: String) -> [(headers: [String], content: [UInt8])] {
        guard let mark = contentType.firstRange(of: "boundary=") else { return [] }
        let delimiter = Array("--\(contentType[mark.upperBound...])".utf8)
        var parts: [(headers: [String], content: [UInt8])] = []
        var rest = body[...]
        guard rest.starts(with: delimiter) else { return [] }
        rest = rest.dropFirst(delimiter.count)
        let separator = Array("\r\n".utf8) + delimiter
        while rest.starts(with: Array("\r\n".utf8)) {
            rest = rest.dropFirst(2)
            guard let headEnd = rest.firstRange(of: Array("\r\n\r\n".utf8)),
                let end = rest[headEnd.upperBound...].firstRange(of: separator)
            else { return [] }
            let head = String(decoding: rest[..<headEnd.lowerBound], as: UTF8.self)
            parts.append(
                (head.split(separator: "\r\n").map(String.init), Array(rest[headEnd.upperBound..<end.lowerBound])))
            rest = rest[end.upperBound...]
        }
        return rest.elementsEqual(Array("--\r\n".utf8)) ? parts : []
    }
}

extension String {
    fileprivate func lastRange(of text: String) -> Range<String.Index>? { ranges(of: text).last }
}
