/// The kinds of content that are told apart by their first bytes.
///
/// Pure. Source: docs/wire-protocol.md, "Content guard", the table of signatures; the first match wins.
package enum ContentSignature {
    /// The kind of a head, or `nil` for one without a known signature.
    package static func kind(of head: [UInt8]) -> String? {
        if head.starts(with: [0xFF, 0xD8, 0xFF]) { return "jpeg" }
        if head.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return "png" }
        if begins(head, "GIF87a") || begins(head, "GIF89a") { return "gif" }
        if begins(head, "RIFF"), head.count >= 12 {
            switch String(decoding: head[8..<12], as: UTF8.self) {
            case "WEBP": return "webp"
            case "WAVE": return "wav"
            case "AVI ": return "avi"
            default: return "riff"
            }
        }
        let tiffs: [[UInt8]] = [
            [0x49, 0x49, 0x2A, 0], [0x4D, 0x4D, 0, 0x2A], [0x49, 0x49, 0x2B, 0], [0x4D, 0x4D, 0, 0x2B],
        ]
        if tiffs.contains(where: head.starts(with:)) { return "tiff" }
        if begins(head, "BM"), head.count >= 14 { return "bmp" }
        if holds(head.prefix(1024), "%PDF-") { return "pdf" }
        let zips: [[UInt8]] = [[0x50, 0x4B, 3, 4], [0x50, 0x4B, 5, 6], [0x50, 0x4B, 7, 8]]
        if zips.contains(where: head.starts(with:)) { return "zip" }
        if head.starts(with: [0x1F, 0x8B]) { return "gzip" }
        if head.count >= 8, boxes.contains(String(decoding: head[4..<8], as: UTF8.self)) { return "isobmff" }
        if head.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) { return "ebml" }
        if begins(head, "OggS") { return "ogg" }
        if begins(head, "fLaC") { return "flac" }
        if begins(head, "ID3") { return "mp3" }
        if head.starts(with: [0x7F, 0x45, 0x4C, 0x46]) { return "elf" }
        let machs: [[UInt8]] = [
            [0xFE, 0xED, 0xFA, 0xCE], [0xFE, 0xED, 0xFA, 0xCF], [0xCE, 0xFA, 0xED, 0xFE], [0xCF, 0xFA, 0xED, 0xFE],
        ]
        if machs.contains(where: head.starts(with:)) { return "macho" }
        if head.starts(with: [0xCA, 0xFE, 0xBA, 0xBE]) { return "macho_fat" }
        return isProgram(head) ? "pe" : nil
    }

    /// Kinds that run.
    package static let programs: Set<String> = ["elf", "macho", "macho_fat", "pe"]

    /// The kind that an extension promises; extensions without a reliable signature promise none.
    package static func promised(by ext: String) -> String? {
        switch ext {
        case "jpg", "jpeg": "jpeg"
        case "tif", "tiff": "tiff"
        case "zip", "docx", "xlsx", "pptx": "zip"
        case "gz": "gzip"
        case "mp4", "m4v", "m4a", "mov", "3gp": "isobmff"
        case "mkv", "webm": "ebml"
        case "ogg", "oga", "ogv": "ogg"
        case "png", "gif", "webp", "bmp", "pdf", "avi", "wav", "flac", "mp3": ext
        default: nil
        }
    }

    /// Whether the head is what the extension promises.
    package static func fits(_ ext: String, _ kind: String?, _ head: [UInt8]) -> Bool {
        guard let promised = promised(by: ext), promised != kind else { return true }
        // Without a tag an mp3 begins with a frame: too weak to recognise one by, enough to believe the name.
        return ext == "mp3" && kind == nil && head.count >= 2 && head[0] == 0xFF && head[1] >= 0xE0
    }

    /// Whether the content is looked at as text.
    package static func isText(_ head: [UInt8]) -> Bool { isUTF16(head) || !head.prefix(8192).contains(0) }

    package static func isUTF16(_ head: [UInt8]) -> Bool {
        head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF])
    }

    private static let boxes: Set<String> = ["ftyp", "moov", "mdat", "free", "wide", "skip", "pnot"]

    /// `MZ` alone is two letters: the header that it leads to decides, where the head reaches that far.
    private static func isProgram(_ head: [UInt8]) -> Bool {
        guard begins(head, "MZ"), head.count >= 64 else { return false }
        let offset = (0..<4).reduce(0) { $0 | Int(head[0x3C + $1]) << (8 * $1) }
        guard offset + 4 <= head.count else { return true }
        return head[offset..<offset + 4].elementsEqual([0x50, 0x45, 0, 0])
    }

    private static func begins(_ head: [UInt8], _ text: String) -> Bool { head.starts(with: text.utf8) }

    private static func holds(_ bytes: ArraySlice<UInt8>, _ text: String) -> Bool {
        bytes.indices.contains { bytes[$0] == UInt8(ascii: "%") && bytes[$0...].starts(with: text.utf8) }
    }
}
