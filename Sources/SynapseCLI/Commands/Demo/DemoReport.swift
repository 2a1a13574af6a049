import SynapseClient
import SynapseModels

/// The figures of one run of the demo.
struct DemoReport: JSONWritable {
    /// What reading everything back has proved.
    struct Checks {
        var counts = false
        var digests = false
        var labels = false
        /// Whether the job's classifier is good enough; `nil` without a job.
        var accuracy: Bool?

        var allHold: Bool { counts && digests && labels && accuracy != false }
    }

    /// Images in the folder, those included that can't be used; each was uploaded, was there already, or failed.
    var files = 0
    /// Images whose bytes were sent in this run.
    var uploaded = 0
    /// Images that the backend had before.
    var alreadyThere = 0
    /// Bytes of all images.
    var bytes: Int64 = 0
    /// Data units in the collection.
    var units = 0
    /// Tasks in the project.
    var tasks = 0
    /// Tasks that carry their label as annotation data.
    var annotated = 0
    /// Tasks that carry the tag.
    var tagged = 0
    /// Files that were downloaded to check them.
    var downloaded = 0
    var checks = Checks()
    /// What the example plugin made of the tasks; `nil` when it was not run.
    var job: DemoPlugin.Outcome?
    /// The project of the tasks.
    var project: Project.ID?
    /// Images that could not be uploaded, each with its reason; named on standard error.
    var failed: [(path: String, error: ClientError)] = []
    /// What in the folder looks like an image and can't be used.
    var unusable = 0
    var seconds = 0.0
    var requests = 0
    var url = ""

    var failedCount: Int { failed.count + unusable }

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("files", files)
            writer.member("uploaded", uploaded)
            writer.member("already_there", alreadyThere)
            writer.member("failed", failedCount)
            writer.member("bytes", bytes)
            writer.member("units", units)
            writer.member("tasks", tasks)
            writer.member("annotated", annotated)
            writer.member("tagged", tagged)
            writer.member("downloaded", downloaded)
            writer.member("checks") { writer in
                writer.object { writer in
                    writer.member("counts", checks.counts)
                    writer.member("digests", checks.digests)
                    writer.member("labels", checks.labels)
                    writer.memberIfPresent("accuracy", checks.accuracy)
                }
            }
            writer.memberIfPresent("job", job)
            writer.member("seconds", (seconds * 1000).rounded() / 1000)
            writer.member("requests", requests)
            writer.member("url", url)
        }
    }
}
