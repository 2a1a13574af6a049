import SynapseModels

extension Assignment: Listed {
    static var columns: [Column<Assignment>] {
        [
            Column("ID") { $0.id.description },
            Column("PROJECT") { $0.project?.id.description },
            Column("TASK") { $0.task?.id.description },
            Column("USER") { $0.user?.id.description },
            Column("REVIEWER") { $0.reviewer?.id.description },
            Column("LABEL") { $0.statusLabel?.rawValue },
            Column("REVIEW") { $0.statusReview?.rawValue },
            Column("STATE") { $0.isConfirmed == true ? "confirmed" : $0.isDiscarded == true ? "discarded" : nil },
            Column("CREATED") { $0.created?.rawValue },
        ]
    }
}

extension ItemData: Listed {
    static var columns: [Column<ItemData>] {
        [
            Column("ID") { $0.id.description },
            Column("DATA") { row in
                row.link?.presignedURL ?? row.data.map { $0.isNull ? "" : String($0.description.prefix(100)) }
            },
        ]
    }
}

extension ItemFiles: Listed {
    static var columns: [Column<ItemFiles>] {
        [
            Column("ID") { $0.id.description },
            Column("FILES") { row in
                row.files?.entries.map { "\($0.specification ?? "-"): \($0.file.fileNameOriginal ?? "-")" }
                    .joined(separator: ", ")
            },
        ]
    }
}
