/// Which versions of Python a plugin runs with, as its configuration says under `requires`.
///
/// Reads clauses such as `>=3.10,<4`, `==3.11.*` and `~=3.10`; a bare `3.11` means any 3.11.
/// Source: https://packaging.python.org/en/latest/specifications/version-specifiers/, of releases without suffixes.
package struct PythonRequirement: Sendable, Hashable {
    private struct Clause: Hashable {
        var comparison: Comparison
        var release: [Int]
        /// Whether only the given numbers are compared.
        var isPrefix: Bool
    }

    private enum Comparison: String, CaseIterable {
        case same = "===", equal = "==", unequal = "!=", compatible = "~=", atLeast = ">=", atMost = "<="
        case above = ">", below = "<"
    }

    private let clauses: [Clause]

    /// Reads a requirement; `nil` for what is none.
    package init?(_ text: String) {
        var clauses: [Clause] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            var rest = part.drop(while: \.isWhitespace)
            while rest.last?.isWhitespace == true { rest.removeLast() }
            // The longer ones come first.
            let comparison = Comparison.allCases.first { rest.hasPrefix($0.rawValue) }
            rest = rest.dropFirst(comparison?.rawValue.count ?? 0).drop(while: \.isWhitespace)
            var isPrefix = comparison == nil
            if rest.hasSuffix(".*") {
                guard comparison == nil || comparison == .equal || comparison == .unequal else { return nil }
                rest = rest.dropLast(2)
                isPrefix = true
            }
            let numbers = rest.split(separator: ".", omittingEmptySubsequences: false)
            let release = numbers.compactMap { number in
                number.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 } ? Int(number) : nil
            }
            guard !release.isEmpty, release.count == numbers.count else { return nil }
            if comparison == .compatible, release.count < 2 { return nil }
            clauses.append(Clause(comparison: comparison ?? .equal, release: release, isPrefix: isPrefix))
        }
        self.clauses = clauses
    }

    /// Whether a version, such as `3.12.1`, is one of them.
    package func allows(_ version: String) -> Bool {
        let have = version.split(separator: ".").map { Int($0) ?? 0 }
        return clauses.allSatisfy { clause in
            let order = Self.order(have, clause.release, isPrefix: clause.isPrefix)
            switch clause.comparison {
            case .same, .equal: return order == 0
            case .unequal: return order != 0
            case .atLeast: return order >= 0
            case .atMost: return order <= 0
            case .above: return order > 0
            case .below: return order < 0
            case .compatible:
                return order >= 0 && Self.order(have, Array(clause.release.dropLast()), isPrefix: true) == 0
            }
        }
    }

    private static func order(_ left: [Int], _ right: [Int], isPrefix: Bool) -> Int {
        for place in 0..<(isPrefix ? right.count : max(left.count, right.count)) {
            let (one, other) = (place < left.count ? left[place] : 0, place < right.count ? right[place] : 0)
            if one != other { return one < other ? -1 : 1 }
        }
        return 0
    }
}
