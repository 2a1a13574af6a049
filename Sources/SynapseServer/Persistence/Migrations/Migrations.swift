import GRDB

/// The steps that bring a database of any earlier version up to date; append only.
enum Migrations {
    static var all: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("001_initial", migrate: initial)
        migrator.registerMigration("002_people", migrate: people)
        migrator.registerMigration("003_integration", migrate: integration)
        migrator.registerMigration("004_jobs", migrate: jobs)
        migrator.registerMigration("005_models", migrate: models)
        migrator.registerMigration("006_presigned", migrate: presigned)
        migrator.registerMigration("007_job_runs", migrate: jobRuns)
        migrator.registerMigration("008_personal_tokens", migrate: personalTokens)
        return migrator
    }
}
