import ArgumentParser

/// `synapse assignment`.
struct AssignmentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "assignment", abstract: "Assignments: tasks given to people who label and review them.",
        subcommands: [
            AssignmentList.self, AssignmentGet.self, AssignmentCreateCommand.self, AssignmentTagSet.self,
            AssignmentSubmit.self, AssignmentReviewCommand.self, AssignmentConfirm.self, AssignmentDiscard.self,
            AssignmentDataList.self, AssignmentFilesList.self,
        ])
}
