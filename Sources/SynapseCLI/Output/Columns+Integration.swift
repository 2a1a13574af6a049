import SynapseModels

extension Agent: Listed {
    static var columns: [Column<Agent>] {
        [
            Column("ID") { $0.id.description },
            Column("NAME", \.name),
            Column("STATUS") { $0.status?.rawValue },
            Column("URL", \.url),
            Column("SEEN") { $0.lastSeen?.rawValue },
        ]
    }
}

extension Plugin: Listed {
    static var columns: [Column<Plugin>] {
        [
            Column("ID") { $0.id.description },
            Column("CODE", \.code),
            Column("NAME", \.name),
            Column("CATEGORY") { $0.category?.rawValue },
            Column("ACTIVE") { $0.isActive.map { $0 ? "yes" : "no" } },
            Column("CREATED") { $0.created?.rawValue },
        ]
    }
}

extension PluginRelease: Listed {
    static var columns: [Column<PluginRelease>] {
        [
            Column("ID") { $0.id.description },
            Column("PLUGIN") { $0.plugin.map { $0.object?.code ?? $0.id.description } },
            Column("VERSION", \.version),
            Column("DEBUG") { $0.debug.map { $0 ? "yes" : "no" } },
            Column("ACTIONS") { $0.availableActions?.joined(separator: ",") },
            Column("BYTES") { $0.size?.description },
            Column("CREATED") { $0.created?.rawValue },
        ]
    }
}

extension Storage: Listed {
    static var columns: [Column<Storage>] {
        [
            Column("ID") { $0.id.description },
            Column("NAME", \.name),
            Column("PROVIDER") { $0.provider?.rawValue },
            Column("CATEGORY") { $0.category?.rawValue },
            Column("DEFAULT") { $0.isDefault.map { $0 ? "yes" : "no" } },
            Column("CREATED") { $0.created?.rawValue },
        ]
    }
}
