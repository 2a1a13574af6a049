/// Signed URLs by which clients send files without credentials.
///
/// The signature covers what is done, to which piece of which upload, and until when. It is of another kind than that of
/// links to files: neither can be made from the other.
extension URLSigner {
    /// What a signed URL allows.
    enum UploadAction: String, Sendable {
        case put = "PUT"
        case abort = "DELETE"
    }

    func signedUploadPath(_ id: String, piece: Int, _ action: UploadAction, expires: Int) -> String {
        "/presigned/\(id)/\(piece)?expires=\(expires)&signature=\(code(for: text(id, piece, action, expires)))"
    }

    enum Verdict {
        case valid
        case expired
        case forged
    }

    func check(_ id: String, piece: Int, _ action: UploadAction, expires: String, signature: String) -> Verdict {
        guard let time = Int(expires), ConstantTime.areEqual(code(for: text(id, piece, action, time)), signature) else {
            return .forged
        }
        return isOver(time) ? .expired : .valid
    }

    private func text(_ id: String, _ piece: Int, _ action: UploadAction, _ expires: Int) -> String {
        "upload\n\(action.rawValue)\n\(id)\n\(piece)\n\(expires)"
    }
}
