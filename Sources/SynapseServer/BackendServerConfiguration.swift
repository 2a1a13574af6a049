public import Logging

/// What a backend server needs to know to start.
public struct BackendServerConfiguration: Sendable {
    /// Bounds on what one request may bring or ask for.
    ///
    /// ``BackendServer/init(_:)`` refuses numbers of bytes below 0, and of rows below 1.
    public struct Limits: Sendable {
        /// Bytes of a JSON body; 32 MiB.
        public var jsonByteCount = 32 << 20
        /// Bytes of one chunk of a chunked upload; 1 GiB.
        public var chunkByteCount = 1 << 30
        /// Bytes of a whole chunked upload; 1 TiB.
        public var uploadByteCount: Int64 = 1 << 40
        /// Bytes of a file that comes in one request; 5 GiB.
        public var fileByteCount: Int64 = 5 << 30
        /// Rows of one page; 1000.
        public var pageRowCount = 1000
        /// Bytes of the rows of one page of more than one row; 64 MiB.
        public var pageByteCount = 64 << 20
        /// Data units or tasks of one request; 1000 units, ten times as many tasks.
        public var batchRowCount = 1000
        /// Console logs that one tenant follows at a time; 128.
        public var tailCount = 128

        /// Makes the default limits.
        public init() {}
    }

    /// How files are split that come by signed URLs.
    ///
    /// ``BackendServer/init(_:)`` refuses a threshold below 0, and parts of less than one byte.
    public struct Presigned: Sendable {
        /// The largest file that comes in one request, in bytes; 100 MiB.
        public var thresholdByteCount: Int64 = 100 << 20
        /// Bytes of a part of a larger file; 100 MiB, and more where a file would have over 10,000 parts.
        public var partByteCount: Int64 = 100 << 20

        /// Makes the default settings.
        public init() {}
    }

    /// How the actions of plugins are run.
    public struct Jobs: Sendable {
        /// Whether jobs of releases with an archive are run at all; without it they wait for an agent of somebody else.
        public var isEnabled = true
        /// How many jobs run at once, those of all tenants together, 1 or more; 2.
        public var slotCount = 2
        /// How long a job may take, the installation of its packages included; any time unless set.
        public var timeLimit: Duration?
        /// Bytes of address space that each process of a job may have; any number unless set.
        public var memoryByteCount: Int64?
        /// How long a job that is stopped may take to end by itself; 5 seconds.
        public var stopGrace: Duration = .seconds(5)
        /// The Python interpreter that runs plugins; looked for on `PATH` and in pyenv unless set.
        public var python: String?
        /// Where the dashboard of a Ray cluster answers, such as `http://127.0.0.1:8265`: jobs run there.
        ///
        /// They run on this machine unless it is set. Jobs on a cluster reach the server by
        /// ``BackendServerConfiguration/publicURL``.
        public var ray: String?
        /// How long what runs a job may be out of reach before the job counts as failed; 10 minutes.
        public var lostAfter: Duration = .seconds(600)
        /// How long a job may go on after it has reported its own end, before the server ends it; 60 seconds.
        public var lingerLimit: Duration = .seconds(60)
        /// How long the folder of a job that has ended is kept; 7 days.
        public var retention: Duration = .seconds(7 * 86_400)

        /// Makes the default settings.
        public init() {}
    }

    /// The folder that holds the database and the files; made when it is missing.
    public var dataDirectory: String
    /// The address to listen on; loopback unless set.
    public var host: String
    /// The port to listen on; 0 lets the system choose one.
    public var port: Int
    /// The address that links in answers begin with, when it is not the one that the client used.
    public var publicURL: String?
    /// Bounds on requests.
    public var limits = Limits()
    /// How files are split that come by signed URLs.
    public var presigned = Presigned()
    /// How the actions of plugins are run.
    public var jobs = Jobs()
    /// How long requests that are under way may take when the server is asked to stop; 20 seconds.
    public var shutdownGrace: Duration = .seconds(20)
    /// How long a connection may be silent before it is closed, between requests and in the middle of one; 75 seconds.
    ///
    /// It is longer than clients keep an idle connection (60 seconds as a rule), so that a request seldom meets a
    /// connection that is just being closed.
    public var idleTimeout: Duration = .seconds(75)
    /// How many connections may be open; more wait to be accepted.
    ///
    /// `nil` takes what the process's limit of open files leaves room for.
    public var maximumConnectionCount: Int?
    /// How long an upload that is not finished is kept; one day.
    public var uploadLifetime: Duration = .seconds(86_400)
    /// How often a console log that is followed as events shows in a silence that it is alive; 10 seconds.
    public var tailHeartbeat: Duration = .seconds(10)
    /// Whether data units that are made as a list are answered as `{"results": […]}` rather than as a bare list.
    ///
    /// The Python SDK's `upload_data_collection(project_id=…)` needs it; other code of the same SDK needs the list.
    public var wrapsCreatedUnits = false
    /// Faults that the server makes on purpose; none unless given.
    public var faultPlan: FaultPlan?
    /// Where the access log and warnings go.
    public var logger: Logger
    /// What the waits after wrong passwords are measured by.
    var loginTime: @Sendable () -> ContinuousClock.Instant = { .now }

    /// Makes a configuration.
    ///
    /// - Parameters:
    ///   - dataDirectory: The folder that holds the database and the files; made when it is missing.
    ///   - host: The address to listen on.
    ///   - port: The port to listen on; 0 lets the system choose one.
    ///   - publicURL: The address that links in answers begin with; `nil` takes the one that the client used.
    ///   - logger: Where the access log and warnings go.
    public init(
        dataDirectory: String,
        host: String = "127.0.0.1",
        port: Int = 8000,
        publicURL: String? = nil,
        logger: Logger = Logger(label: "synapse.server")
    ) {
        self.dataDirectory = dataDirectory
        self.host = host
        self.port = port
        self.publicURL = publicURL
        self.logger = logger
    }
}
