import ArgumentParser
import UnixSignals

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The `synapse` program: parses the arguments, runs the command, and ends with its exit code.
public enum SynapseProgram: Sendable {
    /// Runs the command that the process was started with and ends the process.
    public static func main() async -> Never {
        // A reader that goes away early (`synapse task list | head`) is an error of one write, not a signal.
        _ = signal(SIGPIPE, SIG_IGN)
        exit(await run(Array(CommandLine.arguments.dropFirst())).rawValue)
    }

    /// Runs one command line without ending the process.
    static func run(_ arguments: [String]) async -> ProgramExit {
        let handlesSignals: Bool
        let advice: String?
        do {
            let command = try SynapseCommand.parseAsRoot(arguments)
            handlesSignals = command is any HandlesSignals
            advice = (command as? any GoesOn)?.howToGoOn
        } catch {
            return report(parsing: error)
        }
        do {
            try await (handlesSignals ? perform(arguments) : performUntilInterrupted(arguments)).get()
            return .done
        } catch is Interrupted {
            Terminal.say(["Interrupted.", advice].compactMap(\.self).joined(separator: " "))
            return .interrupted
        } catch {
            return report(running: error)
        }
    }

    /// Runs the command as a child that SIGINT or SIGTERM cancels; what it had done is saved by then.
    private static func performUntilInterrupted(_ arguments: [String]) async -> Result<Void, any Error> {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        return await withTaskGroup(of: Result<Void, any Error>?.self) { group in
            group.addTask { await perform(arguments) }
            group.addTask {
                for await _ in signals { return nil }
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            if let first { return first }
            // The command is cancelled: it ends what it has under way. One that is meant to be ended so is done.
            if case .success? = await group.next() ?? nil { return .success(()) }
            return .failure(Interrupted())
        }
    }

    private static func perform(_ arguments: [String]) async -> Result<Void, any Error> {
        do {
            // Parsed a second time, so that the command belongs to the task that runs it.
            var command = try SynapseCommand.parseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return .success(())
        } catch {
            return .failure(error)
        }
    }

    private static func report(parsing error: any Error) -> ProgramExit {
        let message = SynapseCommand.fullMessage(for: error)
        guard SynapseCommand.exitCode(for: error) == .success else {
            Terminal.say(message)
            return .usage
        }
        try? Terminal.write(message + "\n")
        return .done
    }

    private static func report(running error: any Error) -> ProgramExit {
        // Help and version, and a noun without a verb, are commands that run by asking for their text.
        if SynapseCommand.exitCode(for: error) == .success { return report(parsing: error) }
        let failure = CommandFailure(error)
        if let message = failure.message { Terminal.say(message) }
        return failure.exit
    }
}

/// A command that answers signals by itself, such as a server that shuts down gracefully.
protocol HandlesSignals {}

/// A command that can be run again after an interruption without doing its work twice.
protocol GoesOn {
    /// What a person does to go on.
    var howToGoOn: String { get }
}

/// The command was cancelled by a signal.
struct Interrupted: Error {}
