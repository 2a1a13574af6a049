import Crypto

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import SynapseClient

/// The images that the demo works on.
struct DemoImages {
    /// One image file and the label that its annotation will carry.
    struct Image: Sendable {
        var path: String
        /// The name of the folder that holds the file.
        var label: String
        var byteCount: Int64
    }

    /// What the project and the collection are called: images of one folder stay together over runs.
    var title: String
    /// The images, ordered by path.
    var images: [Image]
    /// What in the folder looks like an image and can't be used.
    var unusable: [UnitGrouping.Skipped] = []

    /// Writes the handwritten digits as `FOLDER/LABEL/NNNN.png`; a file that is there already is left alone.
    static func digits(in folder: String) throws -> DemoImages {
        let files = FileManager.default
        var images: [Image] = []
        for (index, digit) in Digits.all().enumerated() {
            let label = String(digit.label)
            let parent = "\(folder)/\(label)"
            let number = String(index)
            let path = "\(parent)/\(String(repeating: "0", count: 4 - number.count))\(number).png"
            let bytes = digit.png()
            if (try? files.attributesOfItem(atPath: path)[.size] as? Int) != bytes.count {
                try files.createDirectory(atPath: parent, withIntermediateDirectories: true)
                // A write that is cut leaves another size, and the next run writes the file again.
                try Data(bytes).write(to: URL(filePath: path))
            }
            images.append(Image(path: path, label: label, byteCount: Int64(bytes.count)))
        }
        return DemoImages(title: "Synapse demo: handwritten digits", images: images.sorted { $0.path < $1.path })
    }

    /// Takes the pictures in a folder of the user's own, subfolders included.
    ///
    /// Each one's label is its folder's name.
    ///
    /// - Throws: ``UsageError`` when there is no such folder, or no picture in it.
    static func own(in folder: String) throws -> DemoImages {
        let scan = try FolderScan.files(in: folder, extensions: extensions)
        let paths = scan.files
        guard !paths.isEmpty else {
            throw UsageError("no pictures (\(extensions.joined(separator: ", "))) are in \(folder)")
        }
        let images = paths.map { path in
            let parent = path.split(separator: "/").dropLast().last.map(String.init) ?? "unlabelled"
            let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
            return Image(path: path, label: parent, byteCount: Int64((size ?? nil) ?? 0))
        }
        // Folders of one name are told apart by where they are.
        let name = URL(filePath: folder).standardized.lastPathComponent.prefix(60)
        let place = Hexadecimal.text(SHA256.hash(data: Array(scan.resolvedRoot.utf8)).prefix(3))
        return DemoImages(
            title: "Synapse demo: images of \(name) (\(place))", images: images, unusable: scan.unusable)
    }

    /// The kinds of pictures that the demo's collection takes.
    static let extensions = ["png", "jpg", "jpeg", "gif", "bmp", "webp", "tif", "tiff"]
}
