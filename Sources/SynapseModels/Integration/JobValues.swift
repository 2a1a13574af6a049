// The words of jobs that the platform may extend. A table: one type a list, each word once.

/// What has become of a job.
public struct JobStatus: OpenValue {
    /// The word, in capitals.
    public let rawValue: String
    /// Makes a value of any word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// It waits.
    public static let pending = Self(rawValue: "PENDING")
    /// It runs.
    public static let running = Self(rawValue: "RUNNING")
    /// Somebody stopped it.
    public static let stopped = Self(rawValue: "STOPPED")
    /// It did what it was for.
    public static let succeeded = Self(rawValue: "SUCCEEDED")
    /// It failed.
    public static let failed = Self(rawValue: "FAILED")
    /// The words that are known.
    public static let known: [Self] = [pending, running, stopped, succeeded, failed]

    /// Whether the job has ended: no other state follows.
    public var isFinal: Bool { self == .stopped || self == .succeeded || self == .failed }
}

/// How serious a log entry is.
public struct LogLevel: OpenValue {
    /// The word.
    public let rawValue: String
    /// Makes a value of any word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// For those who look for a mistake.
    public static let debug = Self(rawValue: "debug")
    /// Something to know.
    public static let info = Self(rawValue: "info")
    /// Something went well.
    public static let success = Self(rawValue: "success")
    /// Something may be wrong.
    public static let warning = Self(rawValue: "warning")
    /// Something is wrong and people should look at it.
    public static let danger = Self(rawValue: "danger")
    /// Something failed.
    public static let error = Self(rawValue: "error")
    /// The job cannot go on.
    public static let critical = Self(rawValue: "critical")
    /// The words that are known.
    public static let known: [Self] = [debug, info, success, warning, danger, error, critical]
}

/// What has become of a deployed application.
public struct ServeStatus: OpenValue {
    /// The word, in capitals.
    public let rawValue: String
    /// Makes a value of any word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Nothing has begun.
    public static let notStarted = Self(rawValue: "NOT_STARTED")
    /// It is being deployed.
    public static let deploying = Self(rawValue: "DEPLOYING")
    /// It answers.
    public static let running = Self(rawValue: "RUNNING")
    /// It is there and does not work.
    public static let unhealthy = Self(rawValue: "UNHEALTHY")
    /// It cannot be reached.
    public static let unavailable = Self(rawValue: "UNAVAILABLE")
    /// It could not be deployed.
    public static let deployFailed = Self(rawValue: "DEPLOY_FAILED")
    /// It is being removed.
    public static let deleting = Self(rawValue: "DELETING")
    /// The words that are known.
    public static let known: [Self] = [
        notStarted, deploying, running, unhealthy, unavailable, deployFailed, deleting,
    ]
}
