// The words of the wire that the platform may extend. A table: one type a list, each word once.

/// What kind of data a project annotates.
public struct ProjectCategory: OpenValue {
    /// The word.
    public let rawValue: String
    /// Makes a value of any word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Pictures.
    public static let image = Self(rawValue: "image")
    /// Films.
    public static let video = Self(rawValue: "video")
    /// Sound.
    public static let audio = Self(rawValue: "audio")
    /// Text.
    public static let text = Self(rawValue: "text")
    /// Point clouds.
    public static let pcd = Self(rawValue: "pcd")
    /// Prompts and answers.
    public static let prompt = Self(rawValue: "prompt")
    /// Measurements over time.
    public static let timeSeries = Self(rawValue: "time_series")
    /// The words that are known.
    public static let known: [Self] = [image, video, audio, text, pcd, prompt, timeSeries]
}

/// What kind of data a collection holds.
public struct CollectionCategory: OpenValue {
    /// The word.
    public let rawValue: String
    /// Makes a value of any word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Pictures.
    public static let image = Self(rawValue: "image")
    /// Films.
    public static let video = Self(rawValue: "video")
    /// Sound.
    public static let audio = Self(rawValue: "audio")
    /// Text.
    public static let text = Self(rawValue: "text")
    /// Point clouds.
    public static let pcd = Self(rawValue: "pcd")
    /// Any other data.
    public static let data = Self(rawValue: "data")
    /// The words that are known.
    public static let known: [Self] = [image, video, audio, text, pcd, data]
}

/// What a file of a data unit is.
public struct FileType: OpenValue {
    /// The word.
    public let rawValue: String
    /// Makes a value of any word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Sound.
    public static let audio = Self(rawValue: "audio")
    /// Any other data.
    public static let data = Self(rawValue: "data")
    /// A picture.
    public static let image = Self(rawValue: "image")
    /// A point cloud.
    public static let pcd = Self(rawValue: "pcd")
    /// Text.
    public static let text = Self(rawValue: "text")
    /// A film.
    public static let video = Self(rawValue: "video")
    /// The words that are known.
    public static let known: [Self] = [audio, data, image, pcd, text, video]
}

/// Who may see a project or a collection.
public struct AccessLevel: OpenValue {
    /// The word.
    public let rawValue: String
    /// Makes a value of any word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Everybody of the tenant.
    public static let `public` = Self(rawValue: "public")
    /// Everybody sees it, members work on it.
    public static let partiallyPublic = Self(rawValue: "partially_public")
    /// Members only.
    public static let `private` = Self(rawValue: "private")
    /// The words that are known.
    public static let known: [Self] = [`public`, partiallyPublic, `private`]
}

/// What a task tag is for.
public struct TagCategory: OpenValue {
    /// The word.
    public let rawValue: String
    /// Makes a value of any word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Marks what is exported.
    public static let export = Self(rawValue: "export")
    /// Sorts the tasks of a project.
    public static let project = Self(rawValue: "project")
    /// The words that are known.
    public static let known: [Self] = [export, project]
}

/// Whether tags are put on or taken off.
public struct TagAction: OpenValue {
    /// The word.
    public let rawValue: String
    /// Makes a value of any word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Puts the tags on.
    public static let add = Self(rawValue: "add")
    /// Takes the tags off.
    public static let remove = Self(rawValue: "remove")
    /// The words that are known.
    public static let known: [Self] = [add, remove]
}

/// What becomes of annotation data that is sent.
public struct AnnotationAction: OpenValue {
    /// The word.
    public let rawValue: String
    /// Makes a value of any word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Keeps it as a draft.
    public static let save = Self(rawValue: "save")
    /// Hands it in.
    public static let submit = Self(rawValue: "submit")
    /// The words that are known.
    public static let known: [Self] = [save, submit]
}

/// The schema that annotation data follows.
public struct AnnotationSchema: OpenValue {
    /// The word.
    public let rawValue: String
    /// Makes a value of any word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The platform's own schema, version 1.
    public static let dmSchemaV1 = Self(rawValue: "dm_schema_v1")
    /// Any object.
    public static let any = Self(rawValue: "any")
    /// The words that are known.
    public static let known: [Self] = [dmSchemaV1, any]
}
