import SynapseModels

extension Job: Listed {
    static var columns: [Column<Job>] {
        [
            Column("ID") { $0.id.rawValue },
            Column("STATUS") { $0.status?.rawValue },
            Column("ACTION", \.action),
            Column("RELEASE") { $0.pluginRelease?.id.description },
            Column("PROGRESS") { job in
                job.progressRecord?.value["current_progress"]?["overall"]?.doubleValue.map { "\($0) %" }
            },
            Column("CREATED") { $0.created?.rawValue },
            Column("ENDED") { $0.completed?.rawValue },
        ]
    }
}

extension JobLog: Listed {
    static var columns: [Column<JobLog>] {
        [
            Column("ID") { $0.id.description },
            Column("TIME") { $0.datetime?.rawValue },
            Column("EVENT", \.event),
            Column("LEVEL") { $0.level?.rawValue },
            Column("STEP", \.step),
            Column("DATA") { $0.data?.description },
        ]
    }
}

extension ServeApplication: Listed {
    static var columns: [Column<ServeApplication>] {
        [
            Column("ID") { $0.id.description },
            Column("STATUS") { $0.status?.rawValue },
            Column("PLUGIN", \.pluginCode),
            Column("ACTION", \.action),
            Column("JOB") { $0.job?.id.rawValue },
            Column("CREATED") { $0.created?.rawValue },
        ]
    }
}
