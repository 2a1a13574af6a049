/// Where the children of containers that are still open wait until their container is complete.
///
/// All containers of a document share one stack, which allocates with its first child: a document of one number has none. A complete one moves its children off the top into an array of exactly
/// their number: nothing is copied, retained or released on the way, which is most of what a tree costs otherwise.
///
/// `@safe` because `0..<count` is initialised at all times, `capacity` is what was allocated, and nothing is handed out.
@safe
struct ChildStack<Element>: ~Copyable {
    private var base: UnsafeMutablePointer<Element>?
    private var capacity = 0
    private(set) var count = 0

    deinit {
        guard let base = unsafe base else { return }
        unsafe base.deinitialize(count: count)
        unsafe base.deallocate()
    }

    @inline(__always)
    mutating func push(_ element: consuming Element) {
        if count == capacity { grow() }
        guard let base = unsafe base else { return }
        unsafe (base + count).initialize(to: element)
        count += 1
    }

    /// Takes off everything above the lowest `mark` elements, in order.
    @inline(__always)
    mutating func pop(to mark: Int) -> [Element] {
        // `init(unsafeUninitializedCapacity:)` is not specialised here and looks up the element's type on every call.
        var elements: [Element] = []
        guard let base = unsafe base else { return elements }
        elements.reserveCapacity(count - mark)
        for index in mark..<count { elements.append(unsafe (base + index).move()) }
        count = mark
        return elements
    }

    private mutating func grow() {
        capacity = max(64, capacity * 2)
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
        if let base = unsafe base {
            unsafe larger.moveInitialize(from: base, count: count)
            unsafe base.deallocate()
        }
        unsafe base = larger
    }
}
