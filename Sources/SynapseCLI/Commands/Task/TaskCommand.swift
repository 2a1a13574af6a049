import ArgumentParser

/// `synapse task`.
struct TaskCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "task", abstract: "Tasks: data units to be annotated in a project.",
        subcommands: [
            TaskList.self, TaskGet.self, TaskCreate.self, TaskAnnotate.self, TaskDataList.self, TaskFilesList.self,
            TaskTagCommand.self,
        ])
}
