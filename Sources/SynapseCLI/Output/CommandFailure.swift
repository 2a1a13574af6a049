import ArgumentParser
#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import SynapseClient
import SynapseServer

/// How an error ends the program: the line that is said, and the exit code.
struct CommandFailure {
    var message: String?
    var exit: ProgramExit

    init(_ error: any Error) {
        switch error {
        case is CancellationError:
            self.init(message: "Interrupted.", exit: .interrupted)
        case OutputError.readerGone:
            self.init(message: nil, exit: .readerGone)
        case OutputError.failed(let reason):
            self.init(message: "Error: standard output can't be written: \(reason)", exit: .failed)
        case let error as ItemsFailed:
            self.init(message: error.description, exit: .someItemsFailed)
        case let error as UploadFailed:
            self.init(message: error.description, exit: .someItemsFailed)
        case let error as ValidationError:
            self.init(message: "Error: \(error.message)", exit: .usage)
        case let error as UsageError:
            self.init(message: "Error: \(error.message)", exit: .usage)
        case let error as BackendServerError where error.code == .invalidArgument:
            self.init(message: "Error: \(error.message)", exit: .usage)
        case let error as ClientError:
            let isLogin = error.context.operation == "login"
            let hint =
                error.code == .notSignedIn && !isLogin
                ? "; run 'synapse login', set SYNAPSE_ACCESS_TOKEN or pass --token-file" : ""
            self.init(message: "Error: \(error)\(hint)", exit: Self.exit(for: error))
        case let error as CocoaError:
            self.init(message: "Error: \(Self.text(of: error))", exit: .failed)
        default:
            self.init(message: "Error: \(error)", exit: .failed)
        }
    }

    private init(message: String?, exit: ProgramExit) {
        self.message = message
        self.exit = exit
    }

    /// What went wrong with a file of this machine, in one line.
    private static func text(of error: CocoaError) -> String {
        let reason =
            switch error.code {
            case .fileWriteOutOfSpace: "the disk is full"
            case .fileReadNoPermission, .fileWriteNoPermission: "permission is missing"
            case .fileWriteVolumeReadOnly: "the disk takes no changes"
            case .fileNoSuchFile, .fileReadNoSuchFile: "it is not there"
            case .fileWriteFileExists: "there is a file of that name"
            default: "it can't be read or written (\(error.code.rawValue))"
            }
        return "\(error.filePath ?? error.url?.path ?? "a file"): \(reason)"
    }

    private static func exit(for error: ClientError) -> ProgramExit {
        switch error.statusCode {
        case 401, 403: return .notAllowed
        case 404: return .notFound
        default: break
        }
        switch error.code {
        case .notTried:
            return (error.underlying as? ClientError).map(exit(for:)) ?? .failed
        case .uploadInterrupted where error.isFaultOfServer: return .failed
        case .connectionRefused, .hostNotFound, .connectionFailed, .tlsFailed, .connectTimeout, .readTimeout, .stalled,
            .deadlineExceeded, .connectionLost, .truncatedResponse, .uploadInterrupted:
            return .unreachable
        case .invalidConfiguration:
            return .usage
        default: return .failed
        }
    }
}

/// A wrong argument that only the command itself can find out.
struct UsageError: Error {
    var message: String

    init(_ message: String) {
        self.message = message
    }
}

/// The command ran to its end, and some items of it failed.
struct ItemsFailed: Error, CustomStringConvertible {
    var failed: Int
    var total: Int
    var what: String

    var description: String { "\(failed) of \(total) \(what) failed; each is named above." }
}
