import SynapseModels
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Finds the Python that runs plugins.
struct PythonFinder: Sendable {
    struct Python: Sendable, Equatable {
        let path: String
        let version: String
    }

    /// Older ones run no plugin that there is.
    private static let question =
        "import sys,venv,ensurepip;print(sys.executable,'%d.%d.%d'%sys.version_info[:3]);"
        + "sys.exit(sys.version_info<(3,10))"
    /// 3.12 comes first because the platform's SDK asks for it and for nothing newer.
    private static let names = ["python3.12", "python3.13", "python3.14", "python3.11", "python3.10", "python3"]
    private static let patience = 200

    /// The interpreter that was named; `nil` looks for one.
    let wanted: String?
    let environment: [String: String]
    /// A folder for what the candidates answer.
    let scratch: String

    /// Asks the candidates in turn; blocks.
    ///
    /// - Throws: ``JobExecutorError`` coded `.unavailable` that says where was looked.
    func find() throws(JobExecutorError) -> Python {
        for candidate in candidates {
            if let found = ask(candidate) { return found }
        }
        if let wanted {
            throw .unavailable("\(wanted) is no Python 3.10 or newer with venv and ensurepip.")
        }
        throw .unavailable(
            "No Python 3.10 or newer with venv was found on PATH or in pyenv; name one with --python.")
    }

    private var candidates: [String] {
        let folders = (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":").map(String.init)
        if let wanted {
            return wanted.contains("/") ? [wanted] : folders.map { $0 + "/" + wanted }.filter(FileSystem.exists)
        }
        let pyenv = (environment["PYENV_ROOT"] ?? (environment["HOME"] ?? "") + "/.pyenv") + "/versions"
        let versions = FileSystem.names(in: pyenv)
        return Self.names.flatMap { name in
            let version = name.dropFirst("python".count) + "."
            return folders.map { $0 + "/" + name }.filter(FileSystem.exists)
                + versions.filter { $0.hasPrefix(version) }.sorted().map { "\(pyenv)/\($0)/bin/\(name)" }
        }
    }

    private func ask(_ candidate: String) -> Python? {
        let answer = scratch + "/python-" + LocalFileStore.makeName()
        defer { try? FileSystem.remove(answer) }
        guard
            let child = try? ChildProcess.start(
                [candidate, "-I", "-c", Self.question], environment: environment, output: answer)
        else { return nil }
        for _ in 0..<Self.patience {
            if let exit = ChildProcess.reap(child) {
                guard exit.isSuccess, let text = try? FileSystem.readText(answer) else { return nil }
                let words = text.split(whereSeparator: \.isWhitespace).suffix(2).map(String.init)
                return words.count == 2 ? Python(path: words[0], version: words[1]) : nil
            }
            usleep(20_000)
        }
        ChildProcess.end(child)
        return nil
    }
}
