import JetProtocol

/// A `get` that does not sort (jet-protocol(7) §4.8): renders the elements one after the other, each with the value that it
/// has then.
final class GetJob: Job {
    private let rule: FetchRule
    private let id: [UInt8]
    private let peer: Peer
    private let elements: ElementTable
    private let delivery: Delivery
    private var walk: ElementWalk
    private var result = RawBuffer()
    private var rest: Int

    init(_ rule: FetchRule, id: UnsafeRawBufferPointer, of peer: Peer, _ elements: ElementTable, _ delivery: Delivery) {
        self.rule = rule
        self.id = Array(id)
        self.peer = peer
        self.elements = elements
        self.delivery = delivery
        walk = ElementWalk(rule.path)
        rest = rule.limit ?? .max
        result.append("[")
    }

    func proceed(_ slice: inout Slice) throws(ErrorObject) -> Bool {
        guard rest > 0 else { return finish() }
        let isDone = try walk.proceed(over: elements, for: peer, &slice) { element, slice throws(ErrorObject) in
            guard element.satisfies(rule, &slice.meter) else { return true }
            if result.count > 1 { result.append(",") }
            let before = result.count
            result.append(.add, of: element, fetchOnly: element.isFetchOnly(for: peer))
            slice.add(40 + (result.count - before) / 8)
            try delivery.check(resultSize: result.count)
            rest -= 1
            return rest > 0
        }
        guard isDone else { return false }
        slice.add(result.count / 4)
        return finish()
    }

    private func finish() -> Bool {
        result.append("]")
        id.withUnsafeBytes { delivery.respond(to: peer, id: $0, result: result.bytes) }
        return true
    }

    func relocate(_ move: ElementTable.Move) { walk.relocate(move) }

    func cancel() {}
}
