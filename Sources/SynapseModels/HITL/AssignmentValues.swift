// The words of assignments and of data lists that the platform may extend.

/// How far the label of an assignment is.
public struct LabelStatus: OpenValue {
    /// The word.
    public let rawValue: String
    /// Makes a value of any word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Nobody has begun.
    public static let standBy = Self(rawValue: "stand_by")
    /// It is being made, or made again after a rejection.
    public static let inProgress = Self(rawValue: "in_progress")
    /// It was handed in.
    public static let completed = Self(rawValue: "completed")
    /// The worker passed over it.
    public static let skipped = Self(rawValue: "skipped")
    /// The words that are known.
    public static let known: [Self] = [standBy, inProgress, completed, skipped]
}

/// How far the review of an assignment is.
public struct ReviewStatus: OpenValue {
    /// The word.
    public let rawValue: String
    /// Makes a value of any word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Nobody has begun.
    public static let standBy = Self(rawValue: "stand_by")
    /// It is being looked at.
    public static let inProgress = Self(rawValue: "in_progress")
    /// It went back to the worker.
    public static let rejected = Self(rawValue: "rejected")
    /// It was found good.
    public static let completed = Self(rawValue: "completed")
    /// The reviewer passed over it.
    public static let skipped = Self(rawValue: "skipped")
    /// The words that are known.
    public static let known: [Self] = [standBy, inProgress, rejected, completed, skipped]
}

/// What a worker does with an assignment.
public struct AssignmentAction: OpenValue {
    /// The word.
    public let rawValue: String
    /// Makes a value of any word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Keeps the data as a draft, or just begins.
    public static let save = Self(rawValue: "save")
    /// Hands the data in.
    public static let submit = Self(rawValue: "submit")
    /// Passes over it.
    public static let skip = Self(rawValue: "skip")
    /// The words that are known.
    public static let known: [Self] = [save, submit, skip]
}

/// What a reviewer does with an assignment.
public struct ReviewAction: OpenValue {
    /// The word.
    public let rawValue: String
    /// Makes a value of any word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Begins to look at it.
    public static let start = Self(rawValue: "start")
    /// Finds it good.
    public static let complete = Self(rawValue: "complete")
    /// Sends it back to the worker.
    public static let reject = Self(rawValue: "reject")
    /// Passes over it.
    public static let skip = Self(rawValue: "skip")
    /// The words that are known.
    public static let known: [Self] = [start, complete, reject, skip]
}

/// How a list of annotation data carries the data.
public struct ResponseMode: OpenValue {
    /// The word.
    public let rawValue: String
    /// Makes a value of any word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// In the row.
    public static let inline = Self(rawValue: "inline")
    /// As an address that works without credentials, for a while.
    public static let presigned = Self(rawValue: "presigned")
    /// The words that are known.
    public static let known: [Self] = [inline, presigned]
}
