/// Jobs by due time: a binary heap of times over a table of jobs, so that cancelling is cheap.
struct TimerHeap<Job> {
    private struct Entry {
        let due: UInt64
        let id: UInt64
    }

    private var heap: [Entry] = []
    private var jobs: [UInt64: Job] = [:]
    private var lastID: UInt64 = 0

    /// The jobs that wait, cancelled ones not counted.
    var count: Int { jobs.count }

    mutating func insert(due: UInt64, _ job: Job) -> UInt64 {
        lastID += 1
        jobs[lastID] = job
        heap.append(Entry(due: due, id: lastID))
        siftUp(heap.count - 1)
        return lastID
    }

    /// Forgets a job; its place in the heap goes when it comes up.
    mutating func cancel(_ id: UInt64) {
        jobs[id] = nil
        if heap.count > 64, heap.count > jobs.count * 4 { compact() }
    }

    /// When the next job is due; nil when none waits.
    mutating func nextDue() -> UInt64? {
        while let first = heap.first {
            if jobs[first.id] != nil { return first.due }
            removeFirst()
        }
        return nil
    }

    /// Takes out one job that is due.
    mutating func popDue(now: UInt64) -> Job? {
        guard let due = nextDue(), due <= now, let first = heap.first else { return nil }
        removeFirst()
        return jobs.removeValue(forKey: first.id)
    }

    private mutating func compact() {
        let alive = heap.filter { jobs[$0.id] != nil }
        heap.removeAll(keepingCapacity: true)
        for entry in alive {
            heap.append(entry)
            siftUp(heap.count - 1)
        }
    }

    private mutating func removeFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            let left = 2 * parent + 1
            guard left < heap.count else { return }
            let right = left + 1
            let child = right < heap.count && heap[right].due < heap[left].due ? right : left
            guard heap[child].due < heap[parent].due else { return }
            heap.swapAt(child, parent)
            parent = child
        }
    }

    private mutating func siftUp(_ start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].due < heap[parent].due else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }
}
