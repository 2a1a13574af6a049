import SynapseModels

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Reads pages of tasks, one file each, in two ways, and prints the CPU seconds of each as one JSON object.
///
/// Usage: json-reader PAGE.json…
@main
struct JSONReaderBenchmark {
    static func main() throws {
        let pages = try CommandLine.arguments.dropFirst().map { try bytes(of: $0) }
        var rows = 0
        let tree = try seconds {
            for page in pages { rows += try JSONValue(parsing: page)["results"]?.arrayValue?.count ?? 0 }
        }
        var typed = 0
        let typedSeconds = try seconds {
            for page in pages {
                for row in try Page<AnnotationTask>(parsing: page).rows {
                    if case .success(let task) = row, task.data != nil { typed += 1 }
                }
            }
        }
        let byteCount = pages.reduce(0) { $0 + $1.count }
        print(
            #"{"bytes":\#(byteCount),"rows":\#(rows),"typed_rows":\#(typed),"tree":\#(tree),"typed":\#(typedSeconds)}"#)
    }

    private static func seconds(_ body: () throws -> Void) rethrows -> Double {
        let start = clock()
        try body()
        return Double(clock() - start) / Double(CLOCKS_PER_SEC)
    }

    private static func bytes(of path: String) throws -> [UInt8] {
        guard let file = fopen(path, "rb") else { throw CannotRead(path: path) }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
    }

    struct CannotRead: Error { let path: String }
}
