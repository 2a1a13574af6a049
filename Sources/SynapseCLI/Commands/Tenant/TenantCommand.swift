import ArgumentParser
import Logging
import SynapseModels
import SynapseServer

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `synapse tenant`.
struct TenantCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tenant", abstract: "Tenants of a backend on this machine: worlds that see nothing of each other.",
        discussion: "These commands work on the data folder itself, while no server runs on it.",
        subcommands: [TenantCreate.self, TenantList.self])
}

/// Which data folder.
struct DataFolderOptions: ParsableArguments {
    @Option(name: .long, help: "The folder that holds everything, as given to 'synapse serve'.")
    var data = "./synapse-data"

    /// Opens the backend of the folder without listening.
    ///
    /// - Throws: ``UsageError`` when there is none, or a server runs on it.
    func open() throws -> BackendServer {
        guard FileManager.default.fileExists(atPath: data + "/synapse.db") else {
            throw UsageError("--data: there is no backend in \(data); 'synapse serve --data \(data)' makes one")
        }
        do {
            return try BackendServer(
                BackendServerConfiguration(
                    dataDirectory: data, logger: ProgramLog.logger("synapse.server", level: .error)))
        } catch let error as BackendServerError where error.code == .directoryInUse {
            throw UsageError("--data: a server runs on \(data); stop it first")
        }
    }
}

/// `synapse tenant create`.
struct TenantCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a tenant and a token to administer it with.",
        discussion: "The token is written to a file that only you can read; its path is told, the token is not shown.")

    @Argument(help: "What clients name the tenant by: 1 to 64 letters, digits, '.', '_' and '-'.")
    var code: String

    @Option(help: "A name for people; the code unless given.")
    var name: String?

    @OptionGroup var folder: DataFolderOptions

    func validate() throws {
        // The code becomes part of a file's name.
        let isUsable = code.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
            default: false
            }
        }
        guard isUsable, (1...64).contains(code.utf8.count) else {
            throw ValidationError("the code has 1 to 64 letters, digits, '.', '_' and '-'")
        }
    }

    func run() async throws {
        let path = folder.data + "/admin-token-" + code
        let server = try folder.open()
        do {
            try await server.createTenant(code: code, name: name ?? code, tokenFile: path)
        } catch let error as BackendServerError where error.code == .invalidArgument {
            throw UsageError(error.message)
        }
        try Terminal.write("The tenant \(code) was made. The token is in \(path)\n")
    }
}

/// `synapse tenant list`.
struct TenantList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the tenants of a data folder.")

    @OptionGroup var folder: DataFolderOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let tenants = try await folder.open().listTenants()
        switch output.output {
        case .table:
            var table = Table(["CODE", "NAME", "CREATED"])
            for tenant in tenants { table.append([tenant.code, tenant.name, tenant.created]) }
            try Terminal.write(table.rendered())
        case .json:
            var writer = JSONWriter()
            writer.array { writer in
                for tenant in tenants {
                    writer.element { writer in
                        writer.object { writer in
                            writer.member("code", tenant.code)
                            writer.member("name", tenant.name)
                            writer.member("created", tenant.created)
                        }
                    }
                }
            }
            try Terminal.write(writer.bytes + [UInt8(ascii: "\n")])
        }
    }
}
