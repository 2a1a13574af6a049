import SynapseModels
import SynapsePackaging

/// What a plugin's archive holds, for people and for programs.
struct PackageReport: JSONWritable {
    let package: PluginPackage
    let archive: PluginPackage.Archive
    /// Where the archive was written, when it stays.
    var path: String?
    /// The release that was made of it.
    var release: PluginRelease?
    var isDryRun = false

    func write(to writer: inout JSONWriter) {
        let config = package.config
        writer.object { writer in
            writer.member("code", config.code)
            writer.member("name", config.name)
            writer.member("version", config.version)
            writer.member("category", config.category)
            writer.member("actions", config.actions.map(\.name))
            writer.member("files") { writer in
                writer.array { writer in
                    for file in package.files {
                        writer.element { writer in
                            writer.object { writer in
                                writer.member("name", file.name)
                                writer.member("bytes", file.byteCount)
                            }
                        }
                    }
                }
            }
            writer.member("bytes", package.byteCount)
            writer.member("archive_bytes", archive.byteCount)
            writer.member("sha256", archive.sha256)
            writer.memberIfPresent("path", path)
            writer.member("dry_run", isDryRun)
            writer.memberIfPresent("release", release)
        }
    }

    /// The plugin and its files as lines.
    var text: String {
        let config = package.config
        var table = Table(["FILE", "BYTES"])
        for file in package.files { table.append([file.name, "\(file.byteCount)"]) }
        let actions = config.actions.isEmpty ? "no actions" : config.actions.map(\.name).joined(separator: ", ")
        let ignored = package.ignoredCount == 0 ? "" : ", \(package.ignoredCount) left out by patterns"
        return """
            \(Terminal.printable("\(config.code) \(config.version): \(config.name) (\(config.category); \(actions))"))

            \(table.rendered())
            \(package.files.count) files, \(ByteCount(package.byteCount))\(ignored)
            archive \(ByteCount(archive.byteCount)), SHA-256 \(archive.sha256)

            """
    }
}
