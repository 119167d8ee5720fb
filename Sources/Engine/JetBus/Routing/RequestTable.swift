import JetProtocol

/// The requests that owners have not answered yet.
///
/// A request lies in a slot, which is used again for the next one. The id under which it is routed names the slot
/// and how often the slot was used, so that an answer that comes too late meets no other request. Deadlines lie in a
/// heap beside it.
struct RequestTable: ~Copyable {
    /// One slot.
    final class Request: DeadlineHeapItem {
        fileprivate(set) var slot: Int
        fileprivate var use: UInt64 = 0
        /// Who asked; `nil` for a free slot.
        fileprivate(set) var caller: Peer?
        /// Who was asked; `nil` for a free slot.
        fileprivate(set) var owner: Peer?
        var heapPlace: Int?
        /// The caller's id, the params and the path, one behind the other, as they stand in messages.
        private var text = RawBuffer()
        private var paramsStart = 0
        private var pathStart = 0

        fileprivate init(slot: Int) { self.slot = slot }

        fileprivate func note(
            id: UnsafeRawBufferPointer, params: UnsafeRawBufferPointer, path: UnsafeRawBufferPointer
        ) {
            text.append(id)
            paramsStart = text.count
            text.append(params)
            pathStart = text.count
            text.append(path)
        }

        /// How many bytes are kept for it.
        fileprivate var size: Int { text.count }

        /// What the caller is charged for it, in bytes: what it takes beyond the memory that each slot keeps.
        var chargedBytes: Int { text.count > Self.mostKept ? text.count : 0 }

        fileprivate static var mostKept: Int { 512 }

        /// Gives back what only an unusual request takes.
        fileprivate func forgetText() { text.removeAll(keepingAtMost: Self.mostKept) }

        /// The caller's id, as it came.
        var callerID: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: text.bytes[..<paramsStart]) }
        /// The caller's params, as they came.
        var params: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: text.bytes[paramsStart..<pathStart]) }
        /// The element's path, with its quotes.
        var quotedPath: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: text.bytes[pathStart...]) }

        /// The number under which it is routed.
        var number: UInt64 { use << RequestTable.slotBits | UInt64(slot) }
    }

    /// Slots that a routed id can name: 16 million.
    fileprivate static let slotBits: UInt64 = 24

    private var slots: ContiguousArray<Request> = []
    private var vacant: ContiguousArray<Int> = []
    private var heap = DeadlineHeap<Request>()
    private let accounts: AccountTable

    init(_ accounts: AccountTable) { self.accounts = accounts }

    /// How many requests wait for an answer.
    var count: Int { heap.count }

    /// Whether one more can be noted.
    var hasRoom: Bool { !vacant.isEmpty || slots.count < 1 << Self.slotBits }

    /// The next deadline.
    var nextDeadline: UInt64? { heap.first?.deadline }

    /// Notes a request and charges the caller.
    mutating func open(
        caller: Peer, owner: Peer, deadline: UInt64, id: UnsafeRawBufferPointer, params: UnsafeRawBufferPointer,
        path: UnsafeRawBufferPointer
    ) throws(ErrorObject) -> Request {
        try accounts.check(.pendingRequests, 1, of: caller)
        let size = id.count &+ params.count &+ path.count
        if size > Request.mostKept { try accounts.check(.bytes, size, of: caller) }
        accounts.add(.pendingRequests, 1, to: caller)
        let request: Request
        if let slot = vacant.popLast() {
            request = slots[slot]
        } else {
            request = Request(slot: slots.count)
            slots.append(request)
        }
        request.use &+= 1
        request.caller = caller
        request.owner = owner
        request.note(id: id, params: params, path: path)
        caller.pendingBytes += request.size
        if request.chargedBytes > 0 { accounts.add(.bytes, request.chargedBytes, to: caller) }
        owner.owedAnswers += 1
        heap.insert(request, at: deadline)
        return request
    }

    /// The open request that is routed under `number` to `owner`.
    func find(_ number: UInt64, owner: Peer) -> Request? {
        let slot = Int(number & (1 << Self.slotBits - 1))
        guard slot < slots.count else { return nil }
        let request = slots[slot]
        guard request.number == number, request.owner === owner else { return nil }
        return request
    }

    /// Frees a request's slot.
    mutating func close(_ request: Request) {
        heap.remove(request)
        if let caller = request.caller {
            accounts.add(.pendingRequests, -1, to: caller)
            caller.pendingBytes -= request.size
            if request.chargedBytes > 0 { accounts.add(.bytes, -request.chargedBytes, to: caller) }
        }
        request.forgetText()
        request.owner?.owedAnswers -= 1
        request.caller = nil
        request.owner = nil
        vacant.append(request.slot)
    }

    /// A request whose deadline is not after `now`.
    func expired(at now: UInt64) -> Request? {
        guard let first = heap.first, first.deadline <= now else { return nil }
        return first.item
    }

    /// All open requests, in the order of their numbers.
    var open: [Request] { heap.items.sorted { $0.number < $1.number } }

    /// The numbers of all open requests, in no order.
    var openNumbers: [UInt64] { heap.items.map(\.number) }

    /// Whether the request that was routed under `number` still waits for its answer.
    func isOpen(_ number: UInt64) -> Bool {
        let slot = Int(number & (1 << Self.slotBits - 1))
        guard slot < slots.count else { return false }
        return slots[slot].number == number && slots[slot].owner != nil
    }

    /// The open requests that `peer` has to answer, in the order of their numbers.
    func requests(to peer: Peer) -> [Request] {
        guard peer.owedAnswers > 0 else { return [] }
        return heap.items.filter { $0.owner === peer }.sorted { $0.number < $1.number }
    }

    /// Forgets the requests of a caller that is disconnected. The owners are still asked; their answers are
    /// dropped.
    mutating func forget(caller peer: Peer) {
        guard peer.pendingRequests > 0 else { return }
        for request in heap.items.filter({ $0.caller === peer }) { close(request) }
    }
}
