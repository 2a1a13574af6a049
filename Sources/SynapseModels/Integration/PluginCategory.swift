/// What a plugin is for.
public struct PluginCategory: OpenValue {
    /// The word.
    public let rawValue: String
    /// Makes a value of any word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Trains and serves models.
    public static let neuralNet = Self(rawValue: "neural_net")
    /// Writes data out.
    public static let export = Self(rawValue: "export")
    /// Brings data in.
    public static let upload = Self(rawValue: "upload")
    /// Helps a person while annotating.
    public static let smartTool = Self(rawValue: "smart_tool")
    /// Annotates before people do.
    public static let preAnnotation = Self(rawValue: "pre_annotation")
    /// Works on annotations that people made.
    public static let postAnnotation = Self(rawValue: "post_annotation")
    /// Checks data.
    public static let dataValidation = Self(rawValue: "data_validation")
    /// Turns one form of data into another.
    public static let converter = Self(rawValue: "converter")
    /// Anything else.
    public static let custom = Self(rawValue: "custom")
    /// The words that are known.
    public static let known: [Self] = [
        neuralNet, export, upload, smartTool, preAnnotation, postAnnotation, dataValidation, converter, custom,
    ]
}
