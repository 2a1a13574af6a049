import ArgumentParser
import SynapseClient

/// How long a command waits for a backend that went away.
struct WaitOptions: ParsableArguments {
    @Option(
        name: .customLong("wait"),
        help: "Seconds to wait for a backend or storage that went away before the rest is left untried.")
    var seconds: Double = 30

    var tolerance: Duration { .seconds(seconds) }

    /// Says that a server which can't be reached is waited for.
    func say(_ error: ClientError) {
        Terminal.say("\(error.message); waiting up to \(Int(seconds.rounded(.up))) seconds for it")
    }

    func validate() throws {
        guard seconds >= 0, seconds <= 86_400 else {
            throw ValidationError("--wait is 0 through 86400 seconds, not \(seconds)")
        }
    }
}
