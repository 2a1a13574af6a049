import SynapseModels

/// One ground truth of a request's body.
struct GroundTruthForm: Sendable {
    static let categories = GroundTruthCategory.known.map(\.rawValue)
    private static let maximumClassCount = 1000

    var dataset: Int64 = 0
    var dataUnit: Int64?
    var task: Int64?
    var assignment: Int64?
    var category: String?
    var data: String?
    var classes: String?

    /// Reads an object and says what is wrong with it.
    static func read(_ row: JSONRow) -> (GroundTruthForm, FieldErrors) {
        var reader = FieldReader(row)
        var form = GroundTruthForm()
        form.dataset = reader.integer("ground_truth_dataset", fallback: nil)
        form.dataUnit = reader.optionalIdentifier("data_unit", fallback: nil)
        form.task = reader.optionalIdentifier("task", fallback: nil)
        form.assignment = reader.optionalIdentifier("assignment", fallback: nil)
        if let raw = row["category"], !raw.isNull {
            form.category = reader.word("category", fallback: nil, of: categories)
        }
        if let raw = row["data"], !raw.isNull {
            if !raw.isObject { reader.errors.add("data", "Value must be an object.") }
            form.data = raw.description
        }
        if let raw = row["classes"], !raw.isNull {
            if let classes = try? [String](reading: raw), classes.count <= maximumClassCount {
                form.classes = String(decoding: Set(classes).sorted().jsonBytes(), as: UTF8.self)
            } else {
                reader.errors.add("classes", "A list of at most \(maximumClassCount) texts is required.")
            }
        }
        return (form, reader.errors)
    }
}
