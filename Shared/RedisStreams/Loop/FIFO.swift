/// A first-in, first-out queue over one array; both ends cost O(1) amortised, unlike `Array.removeFirst`.
struct FIFO<Element> {
    private var items: [Element?] = []
    private var head = 0

    var count: Int { items.count - head }
    var isEmpty: Bool { count == 0 }
    var first: Element? { isEmpty ? nil : items[head] }

    mutating func append(_ element: Element) { items.append(element) }

    mutating func append(contentsOf elements: some Sequence<Element>) {
        for element in elements { items.append(element) }
    }

    mutating func popFirst() -> Element? {
        guard head < items.count else { return nil }
        let element = items[head]
        items[head] = nil
        head += 1
        if head == items.count {
            items.removeAll(keepingCapacity: items.capacity <= 4096)
            head = 0
        } else if head >= 1024, head * 2 >= items.count {
            items.removeFirst(head)
            head = 0
        }
        return element
    }

    /// Takes everything out, in order.
    mutating func removeAll() -> [Element] {
        let all = items[head...].compactMap { $0 }
        items.removeAll()
        head = 0
        return all
    }

    /// Changes the first element in place, if there is one.
    mutating func withFirst(_ body: (inout Element) -> Void) {
        guard !isEmpty, var element = items[head] else { return }
        body(&element)
        items[head] = element
    }
}
