import Crypto
import SynapseClient
import SynapseModels

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Where an upload keeps what it knows: the ledger of all runs, and the report of this one.
///
/// Both are named by server, tenant, collection and folder.
struct UploadState {
    /// `nil` for a dry run, or when there is no place for it.
    private(set) var ledger: UploadLedger?
    let report: UploadReport

    /// Whether a file is a report, or a ledger with what belongs to it.
    static func isLeftover(_ path: String) -> Bool {
        guard path.hasSuffix(".jsonl") || path.hasSuffix(".ledger.jsonl.lock") else { return false }
        let isEmpty = path.contains(".ledger.jsonl") && FileSource.Identity(path: path)?.byteCount == 0
        return isEmpty || UploadReport.beginsLikeOne(path)
    }

    /// - Throws: ``UsageError`` when the report can't be written, or ``ClientError`` coded `conflict` when another
    ///   upload of the folder is running.
    init(
        of settings: ClientConfiguration, collection: DataCollection.ID, folder: String, report: String?,
        keepsLedger: Bool, _ environment: ProgramEnvironment = .current
    ) throws {
        let base = (StateFolder.path(environment.values) ?? ".synapse") + "/datasets"
        let parts = [settings.baseURL, settings.credentials.tenant ?? "", collection.description, folder]
        let digest = SHA256.hash(data: Array(parts.joined(separator: "\0").utf8))
        let name = "\(base)/\(Hexadecimal.text(digest.prefix(12)))"
        do {
            try FileManager.default.createDirectory(
                atPath: base, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            if keepsLedger { ledger = try UploadLedger(path: name + ".ledger.jsonl") }
        } catch let error as ClientError where error.code == .conflict {
            throw error
        } catch let error as ClientError {
            if keepsLedger { Terminal.say("no ledger is kept: \(error.message)") }
        } catch {
            if keepsLedger { Terminal.say("no ledger is kept: \(base) can't be made") }
        }
        do throws(ClientError) {
            let suffix = keepsLedger ? ".report.jsonl" : ".dry-run.jsonl"
            self.report = try UploadReport(path: report ?? name + suffix)
        } catch {
            let hint = report == nil ? "; --report names another place" : ""
            throw UsageError("the report can't be written: \(error.message)\(hint)")
        }
    }
}
