import SynapseModels
import Testing

/// Jobs, their log entries, and what they serve.
@Suite struct JobModelsTests {
    @Test(
        "A model reads and writes every field that it knows",
        arguments: [
            Claim("job", Job.self) { $0.row = nil }, Claim("job_log", JobLog.self) { $0.row = nil },
            Claim("serve_application", ServeApplication.self) { $0.row = nil },
        ])
    func knowsItsFields(_ claim: Claim) throws {
        let received = try claim.received()
        let known = JSONObject(received.filter { claim.fieldNames.contains($0.key) && !$0.value.isNull })
        #expect(Set(known.keys) == claim.fieldNames, "the fixture must have all of the fields")
        #expect(try claim.written(keepingRow: false) == .object(known))
    }

    @Test(
        "Fields that a model does not know survive a round trip",
        arguments: [
            Claim("job", Job.self), Claim("job_log", JobLog.self), Claim("serve_application", ServeApplication.self),
        ])
    func keepsUnknownFields(_ claim: Claim) throws {
        let received = JSONValue.object(try claim.received())
        #expect(try claim.written(keepingRow: true) == received)
        #expect(try claim.encoded() == received)
    }

    @Test(
        "A body reads and writes what the wire has",
        arguments: [
            Body("job_update", JobUpdate.self), Body("job_log_create", JobLogCreate.self),
            Body("plugin_run", PluginRun.self), Body("serve_application_create", ServeApplicationCreate.self),
        ])
    func roundTrips(_ body: Body) throws {
        #expect(try body.written() == Fixture.value(body.description))
    }

    @Test("Nothing but the identifier is required, and identifiers may be numbers")
    func readsTheLeast() throws {
        #expect(try Job(json: #"{"id": 789}"#).id == "789")
        #expect(try Job(json: #"{"id": "j", "plugin_release": {"id": 1, "plugin": "yolov8"}}"#).pluginRelease?.id == 1)
        #expect(try Job(json: #"{"id": "j", "error": "no memory"}"#).error?.message == "no memory")
        #expect(try JobLog(json: #"{"id": 1}"#).event == nil)
        #expect(try ServeApplication(json: #"{"id": 1, "job": {"id": "j"}}"#).job?.id == "j")
        #expect(try JobUpdate(json: #"{"console_logs": {"message": "x"}}"#).consoleLogs == ["x"])
        #expect(try PluginRunAnswer(json: #"[1]"#).jobID == nil)
        #expect(try PluginRunAnswer(json: #"{"job_id": "j"}"#).jobID == "j")
    }

    @Test("A job has ended in three of its states")
    func knowsFinalStates() {
        #expect(JobStatus.known.filter(\.isFinal) == [.stopped, .succeeded, .failed])
        #expect(!JobStatus(rawValue: "QUEUED").isFinal)
    }

    @Test("A file goes along as a data URI")
    func attaches() {
        var log = JobLogCreate.message("x", job: "j")
        log.attach([0xFF, 0xD8], mediaType: "image/jpeg")
        #expect(log.file == "data:image/jpeg;base64,/9g=")
        #expect(log.level == .info && log.data == ["content": "x"])
    }
}
