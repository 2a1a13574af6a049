import NIOCore

/// Pages of tasks of about 2 KB each, made once for each page size and given with other numbers.
struct TaskPages {
    private static let payload: String = {
        let boxes = (0..<11).map { index in
            """
            {"id":"\(String(0xABCD_EF01_2345 &+ index * 7919, radix: 16))","tool":"bounding_box",\
            "classification":{"class":"\(["cat", "dog", "bird"][index % 3])","occluded":false},\
            "coordinate":{"x":\(index * 37).25,"y":\(index * 53).5,"width":\(100 + index).75,"height":\(200 + index).125}}
            """
        }
        return #"{"annotations":["# + boxes.joined(separator: ",") + "]}"
    }()

    func page(_ uri: String, host: String, taskCount: Int) -> ByteBuffer {
        var number = 1
        var size = 100
        for item in uri.drop(while: { $0 != "?" }).dropFirst().split(separator: "&") {
            let pair = item.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, let value = Int(pair[1]) else { continue }
            if pair[0] == "page" { number = value }
            if pair[0] == "page_size" { size = value }
        }
        let start = (number - 1) * size
        let end = min(start + size, taskCount)
        var buffer = ByteBufferAllocator().buffer(capacity: size * 2400)
        let next = end < taskCount ? #""http://\#(host)/sdk/tasks/?page=\#(number + 1)&page_size=\#(size)""# : "null"
        buffer.writeString(#"{"count":\#(taskCount),"next":\#(next),"previous":null,"results":["#)
        for id in start..<max(start, end) {
            if id > start { buffer.writeStaticString(",") }
            buffer.writeString(
                #"{"id":\#(id + 1),"project":9,"data_unit":\#(id + 1),"meta":null,"schema":"any","tags":[],"is_discarded":false,"has_data":true,"created":"2026-01-01T00:00:00.000000Z","data":"#
            )
            buffer.writeString(Self.payload)
            buffer.writeStaticString("}")
        }
        buffer.writeStaticString("]}")
        return buffer
    }
}
