/// Finds scripts and secrets in text, window by window.
///
/// Pure. Each pattern has one byte that is rare in data and without which it cannot be: only there is it looked for, so
/// that text goes through at the speed of a table look-up for each byte.
/// Source: docs/wire-protocol.md, "Content guard".
package struct TextScanner {
    /// The patterns, in the order in which they are reported.
    private enum Pattern: UInt8, CaseIterable {
        case scriptTag, eventHandler, scriptURL, cssScriptURL, htmlDataURL, embeddedFrame, srcdoc
        case privateKey, awsAccessKey, githubToken, slackToken, synapseToken

        var finding: (rule: ContentGuard.Rule, label: String) {
            switch self {
            case .scriptTag: (.scriptInjection, "script_tag")
            case .eventHandler: (.scriptInjection, "event_handler")
            case .scriptURL: (.scriptInjection, "script_url")
            case .cssScriptURL: (.scriptInjection, "css_script_url")
            case .htmlDataURL: (.scriptInjection, "html_data_url")
            case .embeddedFrame: (.scriptInjection, "embedded_frame")
            case .srcdoc: (.scriptInjection, "srcdoc")
            case .privateKey: (.sensitiveFile, "private_key")
            case .awsAccessKey: (.sensitiveFile, "aws_access_key")
            case .githubToken: (.sensitiveFile, "github_token")
            case .slackToken: (.sensitiveFile, "slack_token")
            case .synapseToken: (.sensitiveFile, "synapse_token")
            }
        }
    }

    package private(set) var findings: [ContentGuard.Finding] = []
    private let room: Int
    private var seen: Set<UInt8> = []
    /// The end of the window before, which begins at `base` of the text.
    private var carry: [UInt8] = []
    private var base: Int64 = 0

    package init(room: Int) { self.room = room }

    /// Whether no more findings are wanted.
    package var isFull: Bool { findings.count >= room || seen.count == Pattern.allCases.count }

    /// Looks through the next piece of the text.
    package mutating func scan(_ piece: [UInt8], overlap: Int) {
        let window = TextWindow(bytes: carry.isEmpty ? piece : carry + piece)
        var places: [(Pattern, Int)] = []
        for index in window.bytes.indices where TextWindow.isTrigger[Int(window.bytes[index])] {
            look(at: index, in: window, &places)
        }
        for (pattern, place) in places.sorted(by: { $0.0.rawValue < $1.0.rawValue }) {
            let (rule, label) = pattern.finding
            findings.append(.init(rule, label, offset: base + Int64(place)))
        }
        carry = Array(window.bytes.suffix(overlap))
        base += Int64(window.bytes.count - carry.count)
    }

    private mutating func look(at index: Int, in window: TextWindow, _ places: inout [(Pattern, Int)]) {
        switch window.bytes[index] {
        case UInt8(ascii: "<"):
            note(.scriptTag, window.hasTag(at: index, ["script"]) ? index : nil, &places)
            note(.embeddedFrame, window.hasTag(at: index, TextWindow.frames) ? index : nil, &places)
            if !seen.contains(Pattern.eventHandler.rawValue) {
                note(.eventHandler, window.hasEventHandler(at: index) ? index : nil, &places)
            }
        case UInt8(ascii: ":"):
            let (inAttribute, inStyle) = window.scriptURL(endingAt: index)
            note(.scriptURL, inAttribute, &places)
            note(.cssScriptURL, inStyle, &places)
            note(.htmlDataURL, window.htmlDataURL(around: index), &places)
        case UInt8(ascii: "="): note(.srcdoc, window.srcdoc(before: index), &places)
        case UInt8(ascii: "B"): note(.privateKey, window.privateKey(around: index), &places)
        case UInt8(ascii: "A"): note(.awsAccessKey, window.hasAWSKey(at: index) ? index : nil, &places)
        case UInt8(ascii: "_"):
            note(.githubToken, window.githubToken(around: index), &places)
            note(.synapseToken, window.synapseToken(around: index), &places)
        default: note(.slackToken, window.hasSlackToken(at: index) ? index : nil, &places)
        }
    }

    private mutating func note(_ pattern: Pattern, _ place: Int?, _ places: inout [(Pattern, Int)]) {
        guard let place, seen.insert(pattern.rawValue).inserted else { return }
        places.append((pattern, place))
    }
}

/// Bytes in which patterns are matched around a place.
private struct TextWindow {
    let bytes: [UInt8]

    /// The bytes at which a pattern is looked for.
    static let isTrigger: [Bool] = {
        var table = [Bool](repeating: false, count: 256)
        for byte in "<:=BA_x".utf8 { table[Int(byte)] = true }
        return table
    }()

    static let frames = ["iframe", "frameset", "frame", "object", "embed", "applet"]

    private static let attributes = [
        "formaction", "xlink:href", "background", "action", "poster", "href", "data", "src",
    ]

    /// `<`, blanks, one of some names, and a blank, `>` or `/`.
    func hasTag(at index: Int, _ names: [String]) -> Bool {
        let start = afterBlanks(index + 1)
        return names.contains { name in
            guard holds(name, at: start), start + name.utf8.count < bytes.count else { return false }
            let next = bytes[start + name.utf8.count]
            return Self.isBlank(next) || next == UInt8(ascii: ">") || next == UInt8(ascii: "/")
        }
    }

    /// A tag with an attribute that begins with `on`, within 512 bytes.
    func hasEventHandler(at index: Int) -> Bool {
        guard index + 1 < bytes.count, Self.isLetter(bytes[index + 1]) else { return false }
        var place = index + 2
        let end = min(bytes.count, index + 2 + 513)
        while place < end {
            let byte = bytes[place]
            if byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">") { return false }
            let isBorder =
                Self.isBlank(byte) || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\"")
                || byte == UInt8(ascii: "'")
            if isBorder, holds("on", at: place + 1) {
                var letters = place + 3
                while letters < bytes.count, Self.isLetter(bytes[letters]) { letters += 1 }
                let after = afterBlanks(letters)
                if letters >= place + 6, after < bytes.count, bytes[after] == UInt8(ascii: "=") { return true }
            }
            place += 1
        }
        return false
    }

    /// `javascript:` or `vbscript:` as the value of an attribute, or inside of `url(`, that ends with this colon.
    func scriptURL(endingAt colon: Int) -> (attribute: Int?, style: Int?) {
        let word = beforeBlanks(colon)
        guard ends("script", at: word) else { return (nil, nil) }
        let scheme = word - 6
        let start = ends("java", at: scheme) ? scheme - 4 : ends("vb", at: scheme) ? scheme - 2 : nil
        guard let start else { return (nil, nil) }
        var value = beforeBlanks(start)
        if value > 0, bytes[value - 1] == UInt8(ascii: "\"") || bytes[value - 1] == UInt8(ascii: "'") {
            value = beforeBlanks(value - 1)
        }
        guard value > 0 else { return (nil, nil) }
        if bytes[value - 1] == UInt8(ascii: "(") {
            return (nil, ends("url", at: value - 1) ? value - 4 : nil)
        }
        guard bytes[value - 1] == UInt8(ascii: "=") else { return (nil, nil) }
        let name = beforeBlanks(value - 1)
        return (Self.attributes.first { ends($0, at: name) }.map { name - $0.utf8.count }, nil)
    }

    /// `data:text/html` around this colon.
    func htmlDataURL(around colon: Int) -> Int? {
        let name = beforeBlanks(colon)
        return ends("data", at: name) && holds("text/html", at: afterBlanks(colon + 1)) ? name - 4 : nil
    }

    /// A blank and `srcdoc` before this equals sign.
    func srcdoc(before equals: Int) -> Int? {
        let name = beforeBlanks(equals)
        guard ends("srcdoc", at: name), name >= 7, Self.isBlank(bytes[name - 7]) else { return nil }
        return name - 7
    }

    /// The begin line of a private key of any kind, around the B of its second word.
    func privateKey(around index: Int) -> Int? {
        guard holdsExactly("BEGIN ", at: index), index >= 5, bytes[(index - 5)..<index].allSatisfy({ $0 == 0x2D })
        else { return nil }
        var place = index + 6
        while true {
            if holdsExactly("PRIVATE KEY-----", at: place) || holdsExactly("PRIVATE KEY BLOCK-----", at: place) {
                return index - 5
            }
            let word = place
            while place < bytes.count, Self.isCapitalOrDigit(bytes[place]) { place += 1 }
            guard place > word, place < bytes.count, bytes[place] == 0x20 else { return nil }
            place += 1
        }
    }

    /// A word of 20 capitals and digits that begins as access keys do.
    func hasAWSKey(at index: Int) -> Bool {
        guard holdsExactly("AKIA", at: index) || holdsExactly("ASIA", at: index), isWordStart(index),
            index + 20 <= bytes.count
        else { return false }
        return bytes[(index + 4)..<(index + 20)].allSatisfy(Self.isCapitalOrDigit) && isWordEnd(index + 20)
    }

    /// A token of a code host, around its underscore.
    func githubToken(around underscore: Int) -> Int? {
        guard underscore >= 3, holdsExactly("gh", at: underscore - 3), isWordStart(underscore - 3),
            "pousr".utf8.contains(bytes[underscore - 1])
        else { return nil }
        var end = underscore + 1
        while end < bytes.count, Self.isLetter(bytes[end]) || Self.isDigit(bytes[end]) { end += 1 }
        return end - underscore > 36 && isWordEnd(end) ? underscore - 3 : nil
    }

    /// An access token of a Synapse backend like this project's, around its underscore: 48 hexadecimal digits.
    func synapseToken(around underscore: Int) -> Int? {
        let (start, end) = (underscore - 3, underscore + 49)
        guard start >= 0, holdsExactly("syn", at: start), isWordStart(start), end <= bytes.count,
            bytes[(underscore + 1)..<end].allSatisfy({ Self.isDigit($0) || (0x61...0x66).contains($0) })
        else { return nil }
        return isWordEnd(end) ? start : nil
    }

    /// A token of a chat service.
    func hasSlackToken(at index: Int) -> Bool {
        guard holdsExactly("xox", at: index), isWordStart(index), index + 15 <= bytes.count,
            "abprs".utf8.contains(bytes[index + 3]), bytes[index + 4] == 0x2D
        else { return false }
        return bytes[(index + 5)..<(index + 15)].allSatisfy { Self.isLetter($0) || Self.isDigit($0) || $0 == 0x2D }
    }

    // MARK: Matching

    private func afterBlanks(_ start: Int) -> Int {
        var place = start
        while place < bytes.count, Self.isBlank(bytes[place]) { place += 1 }
        return place
    }

    /// The end of what stands before the blanks that end here.
    private func beforeBlanks(_ end: Int) -> Int {
        var place = end
        while place > 0, Self.isBlank(bytes[place - 1]) { place -= 1 }
        return place
    }

    /// Whether a word in lower case stands here in any case.
    private func holds(_ word: String, at start: Int) -> Bool {
        guard start >= 0, start + word.utf8.count <= bytes.count else { return false }
        var place = start
        for byte in word.utf8 {
            guard Self.lowered(bytes[place]) == byte else { return false }
            place += 1
        }
        return true
    }

    private func ends(_ word: String, at end: Int) -> Bool { holds(word, at: end - word.utf8.count) }

    private func holdsExactly(_ word: String, at start: Int) -> Bool {
        guard start >= 0, start + word.utf8.count <= bytes.count else { return false }
        var place = start
        for byte in word.utf8 {
            guard bytes[place] == byte else { return false }
            place += 1
        }
        return true
    }

    private func isWordStart(_ index: Int) -> Bool { index == 0 || !Self.isWord(bytes[index - 1]) }

    private func isWordEnd(_ index: Int) -> Bool { index >= bytes.count || !Self.isWord(bytes[index]) }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private static func isCapitalOrDigit(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) || isDigit(byte) }
    private static func isWord(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) || byte == 0x5F }
    private static func lowered(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
}
