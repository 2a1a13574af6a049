#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The body that makes a log entry.
///
/// The same entry again, with the same time, is the same entry on the embedded backend.
///
/// Source: docs/wire-protocol.md, "Job logs".
public struct JobLogCreate: JSONReadable, JSONWritable {
    /// The job.
    public var job: Job.ID
    /// What kind of entry it is.
    public var event: String
    /// What it says.
    public var data: JSONValue
    /// The step of the job.
    public var step: String?
    /// How serious it is.
    public var level: LogLevel?
    /// When it happened.
    public var datetime: Timestamp
    /// A file as a data URI, RFC 2397; see ``attach(_:mediaType:)``.
    public var file: String?

    /// Makes an entry.
    public init(
        job: Job.ID, event: String, data: JSONValue = [:], step: String? = nil, level: LogLevel? = nil,
        datetime: Timestamp = .now, file: String? = nil
    ) {
        self.job = job
        self.event = event
        self.data = data
        self.step = step
        self.level = level
        self.datetime = datetime
        self.file = file
    }

    /// Makes a message for people.
    public static func message(
        _ content: String, job: Job.ID, level: LogLevel = .info, step: String? = nil, datetime: Timestamp = .now
    ) -> JobLogCreate {
        JobLogCreate(
            job: job, event: "message", data: ["content": .string(content)], step: step, level: level,
            datetime: datetime)
    }

    /// Attaches the content of a file; it goes inside of the request, so it should be small.
    public mutating func attach(_ bytes: [UInt8], mediaType: String) {
        file = "data:\(mediaType);base64,\(Data(bytes).base64EncodedString())"
    }

    /// Reads an entry.
    public init(reading json: RawJSON) throws(JSONError) {
        let row = try json.row()
        job = try row.read("job")
        event = try row.read("event")
        data = try row.readIfPresent("data") ?? [:]
        step = try row.readIfPresent("step")
        level = try row.readIfPresent("level")
        datetime = try row.read("datetime")
        file = try row.readIfPresent("file")
    }

    /// Writes the entry.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("event", event)
            writer.member("data", data)
            writer.member("datetime", datetime)
            writer.member("job", job)
            writer.memberIfPresent("step", step)
            writer.memberIfPresent("level", level)
            writer.memberIfPresent("file", file)
        }
    }
}
