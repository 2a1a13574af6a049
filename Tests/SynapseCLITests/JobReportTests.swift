import SynapseModels
import Testing

@testable import SynapseCLI

struct JobReportTests {
    private func job(_ json: String) throws -> Job {
        try Job(reading: RawJSON(JSONValue(parsing: Array(json.utf8))))
    }

    private static let waiting = #"{"id":"a","status":"PENDING","queue":{"position":null,"reason":"Ray is away"}}"#

    @Test(arguments: [
        (waiting, "waits: Ray is away"),
        (#"{"id":"a","status":"PENDING","queue":{"position":2,"reason":"no slot"}}"#, "waits: no slot, position 2"),
        (#"{"id":"a","status":"PENDING"}"#, "waits for whoever runs it"),
        (#"{"id":"a","status":"RUNNING"}"#, nil),
        (#"{"id":"a","status":"STOPPED"}"#, nil),
    ])
    func `Why a job waits is said`(_ json: String, _ reason: String?) throws {
        let job = try job(json)
        #expect(job.waitReason == reason)
        if let reason { #expect(JobReport(job: job, events: [], eventCount: 0).text.contains(reason + "\n")) }
    }

    @Test func `A reason is said once, when it has held over two looks`() throws {
        var notes = JobWaitNotes()
        let job = try job(Self.waiting)
        #expect(notes.note(job) == nil)
        #expect(notes.note(job) == "waits: Ray is away")
        #expect(notes.note(job) == nil)
    }

    @Test func `An error is shown whole, line by line`() throws {
        let long = String(repeating: "x", count: 200)
        let job = try job(#"{"id":"a","status":"FAILED","error":{"message":"\#(long)\nlast"}}"#)
        #expect(JobReport(job: job, events: [], eventCount: 0).text.contains("  \(long)\n  last\n"))
    }

    @Test func `A job that does not say how far it is gets no percentage`() {
        #expect(JobProgress(nil).text == "")
    }
}
