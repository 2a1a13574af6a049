import SynapseModels

/// One column of a table of models.
struct Column<Model> {
    var heading: String
    var cell: (Model) -> String?

    init(_ heading: String, _ cell: @escaping (Model) -> String?) {
        self.heading = heading
        self.cell = cell
    }
}

/// A model that a list command shows.
protocol Listed: WireModel {
    /// The columns of its table.
    static var columns: [Column<Self>] { get }
}

extension Project: Listed {
    static var columns: [Column<Project>] {
        [
            Column("ID") { $0.id.description },
            Column("TITLE", \.title),
            Column("CATEGORY") { $0.category?.rawValue },
            Column("COLLECTION") { $0.dataCollection?.id.description },
            Column("TASKS") { $0.taskCount?.description },
            Column("CREATED") { $0.created?.rawValue },
        ]
    }
}

extension DataCollection: Listed {
    static var columns: [Column<DataCollection>] {
        [
            Column("ID") { $0.id.description },
            Column("NAME", \.name),
            Column("CATEGORY") { $0.category?.rawValue },
            Column("PROJECTS") { $0.countProjects?.description },
            Column("CREATED") { $0.created?.rawValue },
        ]
    }
}

extension DataUnit: Listed {
    static var columns: [Column<DataUnit>] {
        [
            Column("ID") { $0.id.description },
            Column("COLLECTION") { $0.dataCollection?.id.description },
            Column("FILE") { $0.files?.primary?.fileNameOriginal },
            Column("FILES") { $0.files?.entries.count.description },
            Column("CHECKSUM", \.checksum),
            Column("CREATED") { $0.created?.rawValue },
        ]
    }
}

extension AnnotationTask: Listed {
    static var columns: [Column<AnnotationTask>] {
        [
            Column("ID") { $0.id.description },
            Column("PROJECT") { $0.project?.id.description },
            Column("UNIT") { $0.dataUnit?.id.description },
            Column("TAGS") { task in task.tags.map { $0.map(\.id.description).joined(separator: ",") } },
            Column("DATA") { $0.data?.description },
            Column("CREATED") { $0.created?.rawValue },
        ]
    }
}

extension TaskTag: Listed {
    static var columns: [Column<TaskTag>] {
        [
            Column("ID") { $0.id.description },
            Column("PROJECT") { $0.project?.id.description },
            Column("NAME", \.name),
            Column("CATEGORY") { $0.category?.rawValue },
        ]
    }
}

extension DataFile: Listed {
    static var columns: [Column<DataFile>] {
        [
            Column("ID") { $0.id.description },
            Column("NAME") { $0.filename ?? $0.row?["file_name_original"]?.value.stringValue },
            Column("BYTES") { $0.size?.description },
            Column("CHECKSUM", \.checksum),
        ]
    }
}
