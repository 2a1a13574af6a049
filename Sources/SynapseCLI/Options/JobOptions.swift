import ArgumentParser
import SynapseServer

/// How a server runs the actions of plugins.
struct JobOptions: ParsableArguments {
    @Option(name: .long, help: "How many jobs run at once.")
    var jobSlots = 2

    @Option(name: .long, help: "The seconds that a job may take, installing its packages included; any unless given.")
    var jobTimeout: Double?

    @Option(name: .long, help: "The MiB of address space that each process of a job may have; any unless given.")
    var jobMemory: Int64?

    @Option(
        name: .long,
        help: "The Python interpreter that runs plugins; looked for on PATH and in pyenv unless given.")
    var python: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The dashboard of a Ray cluster that jobs run on, such as http://127.0.0.1:8265; this machine unless given.",
            valueName: "url"))
    var ray: String?

    @Option(
        name: .long,
        help: "The seconds that a Ray may be out of reach before jobs that it runs count as failed; others wait for it."
    )
    var jobLostAfter = 600.0

    @Flag(name: .long, help: "Run no jobs: they wait for an agent that drives them over the API.")
    var noJobs = false

    func validate() throws {
        guard jobSlots > 0 else { throw ValidationError("--job-slots is above 0, not \(jobSlots)") }
        if let jobTimeout, !(jobTimeout > 0 && jobTimeout < 1e9) {
            throw ValidationError("--job-timeout is above 0 seconds, not \(jobTimeout)")
        }
        guard jobLostAfter > 0 && jobLostAfter < 1e9 else {
            throw ValidationError("--job-lost-after is above 0 seconds, not \(jobLostAfter)")
        }
        if ray != nil, python != nil || noJobs {
            throw ValidationError("--python and --no-jobs do not go with --ray")
        }
        // A Python alone takes some ten MiB of addresses; no program begins with less.
        if let jobMemory, !(64...1 << 40).contains(jobMemory) {
            throw ValidationError("--job-memory is 64 MiB or more, not \(jobMemory)")
        }
    }

    /// Says what runs jobs when that is not this machine, and what keeps them from running.
    func report(_ server: BackendServer) async {
        guard let runner = await server.jobRunner() else { return }
        if runner.isReady {
            if ray != nil { Terminal.say("Jobs run on \(runner.text).") }
        } else if ray != nil {
            Terminal.say("Jobs run on Ray, which cannot be asked now; they wait for it. \(runner.text)")
        } else {
            Terminal.say("Jobs cannot begin on this machine now; they wait. \(runner.text)")
        }
    }

    func apply(to jobs: inout BackendServerConfiguration.Jobs) {
        jobs.isEnabled = !noJobs
        jobs.slotCount = jobSlots
        jobs.timeLimit = jobTimeout.map { .seconds($0) }
        jobs.memoryByteCount = jobMemory.map { $0 << 20 }
        jobs.python = python
        jobs.ray = ray
        jobs.lostAfter = .seconds(jobLostAfter)
    }
}
