/// Guesses the media type of a file from its name.
///
/// Source: the registry of media types; `nil` where the name says nothing.
package enum MediaType {
    package static func guess(_ name: String) -> String? { types[ContentNames.ext(of: name)] }

    private static let types: [String: String] = [
        "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "gif": "image/gif", "bmp": "image/bmp",
        "webp": "image/webp", "tif": "image/tiff", "tiff": "image/tiff", "svg": "image/svg+xml", "heic": "image/heic",
        "avif": "image/avif", "ico": "image/vnd.microsoft.icon", "mp4": "video/mp4", "m4v": "video/mp4",
        "mov": "video/quicktime", "webm": "video/webm", "mkv": "video/x-matroska", "avi": "video/x-msvideo",
        "mpg": "video/mpeg", "mpeg": "video/mpeg", "3gp": "video/3gpp", "mp3": "audio/mpeg", "wav": "audio/x-wav",
        "flac": "audio/flac", "ogg": "audio/ogg", "m4a": "audio/mp4", "aac": "audio/aac", "txt": "text/plain",
        "csv": "text/csv", "tsv": "text/tab-separated-values", "html": "text/html", "htm": "text/html",
        "css": "text/css",
        "md": "text/markdown", "xml": "text/xml", "py": "text/x-python", "js": "text/javascript",
        "json": "application/json", "pdf": "application/pdf", "zip": "application/zip", "tar": "application/x-tar",
        "gz": "application/gzip", "bin": "application/octet-stream", "dat": "application/octet-stream",
        "doc": "application/msword", "xls": "application/vnd.ms-excel", "ppt": "application/vnd.ms-powerpoint",
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation", "rtf": "application/rtf",
    ]
}
