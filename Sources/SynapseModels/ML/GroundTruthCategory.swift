/// What a ground truth is used for.
public struct GroundTruthCategory: OpenValue {
    /// The word.
    public let rawValue: String
    /// Makes a value of any word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Training.
    public static let train = Self(rawValue: "train")
    /// Choosing among trained models.
    public static let validation = Self(rawValue: "validation")
    /// Measuring the chosen model.
    public static let test = Self(rawValue: "test")
    /// The words that are known.
    public static let known: [Self] = [train, validation, test]
}
