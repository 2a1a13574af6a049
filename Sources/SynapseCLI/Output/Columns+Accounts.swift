import SynapseModels

extension User: Listed {
    static var columns: [Column<User>] {
        [
            Column("ID") { $0.id.description },
            Column("EMAIL", \.email),
            Column("NAME", \.name),
            Column("ROLE") { $0.role?.rawValue },
            Column("TENANT", \.tenant),
        ]
    }
}

extension AccessToken: Listed {
    static var columns: [Column<AccessToken>] {
        [
            Column("ID") { $0.id.description },
            Column("USER") { $0.user?.id.description },
            Column("DESCRIPTION", \.description),
            Column("LAST USED") { $0.lastUsed?.rawValue },
            Column("CREATED") { $0.created?.rawValue },
        ]
    }
}
