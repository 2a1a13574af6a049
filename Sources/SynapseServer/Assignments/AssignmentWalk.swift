import HTTPTypes
import SynapseModels

/// Where an assignment stands, and the steps that it can take from there.
///
/// The label goes from `stand_by` over `in_progress` to `completed` or `skipped`. Then the review goes from `stand_by`
/// over `in_progress` to `completed`, `skipped` or `rejected`; a rejection sends the label back to `in_progress`, and the
/// label's next end sends the review back to `stand_by`. What is confirmed or discarded takes no further step.
///
/// Source: docs/wire-protocol.md, "HITL".
struct AssignmentWalk: Sendable, Equatable {
    var label = LabelStatus.standBy
    var review = ReviewStatus.standBy
    var isConfirmed = false
    var isDiscarded = false
    var isDiscardConfirmed = false

    /// The worker saves, hands in or passes over.
    ///
    /// - Throws: ``APIError`` that names where the assignment is and where it cannot go.
    mutating func label(_ action: AssignmentAction) throws(APIError) {
        let next: LabelStatus =
            switch action {
            case .submit: .completed
            case .skip: .skipped
            default: .inProgress
            }
        try checkOpen("status_label", "the label cannot become \(next)")
        guard [.standBy, .inProgress].contains(label) else {
            throw APIError.field("status_label", "The label is \(label); it cannot become \(next).")
        }
        label = next
        if next != .inProgress, review == .rejected { review = .standBy }
    }

    /// The reviewer begins, or decides.
    mutating func review(_ action: ReviewAction) throws(APIError) {
        let next: ReviewStatus =
            switch action {
            case .complete: .completed
            case .reject: .rejected
            case .skip: .skipped
            default: .inProgress
            }
        try checkOpen("status_review", "the review cannot become \(next)")
        guard [.completed, .skipped].contains(label) else {
            throw APIError.field(
                "status_review",
                "The label is \(label), not completed or skipped; the review is \(review) and cannot become \(next).")
        }
        let sources: [ReviewStatus] = action == .start ? [.standBy] : [.standBy, .inProgress]
        guard sources.contains(review) else {
            throw APIError.field("status_review", "The review is \(review); it cannot become \(next).")
        }
        review = next
        if next == .rejected { label = .inProgress }
    }

    /// The result is accepted; without a reviewer it needs no review.
    mutating func confirm(hasReviewer: Bool) throws(APIError) {
        try checkOpen("is_confirmed", "it cannot become confirmed")
        guard label == .completed else {
            throw APIError.field("is_confirmed", "The label is \(label), not completed; it cannot become confirmed.")
        }
        guard review == .completed || review == .skipped || (!hasReviewer && review == .standBy) else {
            throw APIError.field(
                "is_confirmed", "The review is \(review), not completed or skipped; it cannot become confirmed.")
        }
        isConfirmed = true
    }

    /// The worker finds the task useless, or takes that back.
    mutating func discard(_ isDiscarded: Bool) throws(APIError) {
        if isDiscarded {
            try checkOpen("is_discarded", "it cannot become discarded")
        } else if !self.isDiscarded {
            throw APIError.field("is_discarded", "The assignment is not discarded; it cannot be taken back.")
        }
        self.isDiscarded = isDiscarded
        isDiscardConfirmed = false
    }

    mutating func confirmDiscard() throws(APIError) {
        guard isDiscarded else {
            throw APIError.field("is_discard_confirmed", "The assignment is not discarded; that cannot be confirmed.")
        }
        guard !isDiscardConfirmed else {
            throw APIError.field("is_discard_confirmed", "The discard is confirmed; it cannot be confirmed again.")
        }
        isDiscardConfirmed = true
    }

    /// What is closed stays as it is.
    func checkOpen(_ field: String, _ consequence: String) throws(APIError) {
        if isConfirmed { throw APIError.field(field, "The assignment is confirmed; \(consequence).") }
        if isDiscarded { throw APIError.field(field, "The assignment is discarded; \(consequence).") }
    }
}
