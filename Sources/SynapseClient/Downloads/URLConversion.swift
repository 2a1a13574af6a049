/// What to do with the addresses of files in the rows of a list.
///
/// A field holds an address, an object whose values are addresses or objects with a `url`, or a list of those. A dotted
/// name descends: `data_unit.files`. Absent fields and `null` are left alone.
public struct URLConversion: Sendable {
    package enum Kind: Sendable {
        case map(@Sendable (String) -> String)
        case download(FileCache, maximumConcurrency: Int, onFailure: (@Sendable (String, ClientError) -> Void)?)
    }

    package let fields: [String]
    package let kind: Kind

    /// Rewrites each address.
    ///
    /// - Parameters:
    ///   - fields: The fields of a row that hold files.
    ///   - transform: The new address for an old one.
    /// - Returns: The conversion.
    public static func map(
        fields: [String] = ["files"], _ transform: @escaping @Sendable (String) -> String
    ) -> URLConversion {
        URLConversion(fields: fields, kind: .map(transform))
    }

    /// Downloads each file into a cache.
    ///
    /// An object with a `url` gets a `path` beside it; an address that stands alone is replaced by the path.
    ///
    /// - Parameters:
    ///   - fields: The fields of a row that hold files.
    ///   - cache: Where the files go.
    ///   - maximumConcurrency: Files at a time.
    ///   - onFailure: Told of each file that could not be fetched, by its address without its query; the row keeps its
    ///     address then. `nil` ends the list with the error.
    /// - Returns: The conversion.
    public static func download(
        fields: [String] = ["files"], cache: FileCache, maximumConcurrency: Int = 10,
        onFailure: (@Sendable (String, ClientError) -> Void)? = nil
    ) -> URLConversion {
        URLConversion(
            fields: fields, kind: .download(cache, maximumConcurrency: maximumConcurrency, onFailure: onFailure)
        )
    }
}
