import SynapseModels

extension SynapseModels.Model: Listed {
    static var columns: [Column<SynapseModels.Model>] {
        [
            Column("ID") { $0.id.description },
            Column("NAME", \.name),
            Column("PLUGIN") { model in
                model.plugin.map { $0.value["code"]?.stringValue ?? $0.description }
            },
            Column("VERSION", \.version),
            Column("RELEASED") { $0.isReleased.map { $0 ? "yes" : "no" } },
            Column("BYTES") { $0.size?.description },
            Column("CREATED") { $0.created?.rawValue },
        ]
    }
}

extension GroundTruthDataset: Listed {
    static var columns: [Column<GroundTruthDataset>] {
        [
            Column("ID") { $0.id.description },
            Column("PROJECT") { $0.project?.id.description },
            Column("NAME", \.name),
            Column("CREATED") { $0.created?.rawValue },
        ]
    }
}

extension GroundTruthDatasetVersion: Listed {
    static var columns: [Column<GroundTruthDatasetVersion>] {
        [
            Column("ID") { $0.id.description },
            Column("DATASET") { $0.groundTruthDataset?.id.description },
            Column("VERSION", \.version),
            Column("EVENTS") { $0.eventCount?.description },
            Column("ARCHIVED") { $0.isArchived.map { $0 ? "yes" : "no" } },
            Column("CREATED") { $0.created?.rawValue },
        ]
    }
}

extension GroundTruth: Listed {
    static var columns: [Column<GroundTruth>] {
        [
            Column("ID") { $0.id.description },
            Column("DATASET") { $0.groundTruthDataset?.id.description },
            Column("UNIT") { $0.dataUnit?.id.description },
            Column("CATEGORY") { $0.category?.rawValue },
            Column("CLASSES") { $0.classes?.joined(separator: ",") },
            Column("DATA") { $0.data?.description },
        ]
    }
}

extension GroundTruthEvent: Listed {
    static var columns: [Column<GroundTruthEvent>] {
        [
            Column("EVENT") { $0.eventID?.description },
            Column("GROUND TRUTH") { $0.id.description },
            Column("WHAT", \.label),
            Column("UNIT") { $0.dataUnit?.id.description },
            Column("CATEGORY") { $0.category?.rawValue },
            Column("FILE") { $0.files?.primary?.fileNameOriginal },
            Column("DATA") { $0.data?.description },
            Column("CREATED") { $0.created?.rawValue },
        ]
    }
}
