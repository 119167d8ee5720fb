import JSONText
import JetProtocol

/// The params of a `branches`.
struct BranchesParams {
    /// What the paths begin with.
    let prefix: [UInt8]
    /// What ends a name; not empty.
    let separator: [UInt8]
    /// The first and the last branch that are returned, from 1.
    let from: Int
    let to: Int
}

/// A `branches` (jet-protocol(7) §4.9): walks over the elements below a prefix, counts them by the names that follow it,
/// and renders some of the names.
///
/// The names take memory, with which the peer is charged until the job is done.
final class BranchesJob: Job {
    private let params: BranchesParams
    private let id: [UInt8]
    private let peer: Peer
    private let elements: ElementTable
    private let delivery: Delivery
    private let accounts: AccountTable
    private var walk: ElementWalk
    private var list = BranchList()
    private var result = RawBuffer()
    /// The next branch to be rendered, and how many are left; `nil` while the walk goes on.
    private var rendering: (cursor: BranchList.Cursor, rest: Int)?
    /// What stands in the path of each branch before and behind its name, as in JSON.
    private let before: [UInt8]
    private let behind: [UInt8]
    /// How many bytes the peer is charged with.
    private(set) var charged = 0

    init(
        _ params: BranchesParams, id: UnsafeRawBufferPointer, of peer: Peer, _ elements: ElementTable,
        _ delivery: Delivery, _ accounts: AccountTable
    ) {
        self.params = params
        self.id = Array(id)
        self.peer = peer
        self.elements = elements
        self.delivery = delivery
        self.accounts = accounts
        before = JSONWriter.content(of: params.prefix.span.bytes)
        behind = JSONWriter.content(of: params.separator.span.bytes)
        walk = ElementWalk(PathRule(params.prefix.isEmpty ? [] : [.startsWith(params.prefix)]))
    }

    func proceed(_ slice: inout Slice) throws(ErrorObject) -> Bool {
        do throws(ErrorObject) {
            try charge()
            guard try hasWalked(&slice), try hasRendered(&slice) else { return false }
        } catch {
            release()
            throw error
        }
        id.withUnsafeBytes { delivery.respond(to: peer, id: $0, result: result.bytes) }
        release()
        return true
    }

    // MARK: Counting

    private func hasWalked(_ slice: inout Slice) throws(ErrorObject) -> Bool {
        guard rendering == nil else { return true }
        let isDone = try walk.proceed(over: elements, for: peer, &slice) { element, slice throws(ErrorObject) in
            let rest = UnsafeRawBufferPointer(rebasing: element.path[params.prefix.count...])
            slice.add((rest.count >> 3) * (1 + min(params.separator.count, 256) >> 5) + 20)
            if let end = rest.bytes.place(of: params.separator) {
                slice.add(list.add(UnsafeRawBufferPointer(rebasing: rest[..<end]), .none))
            } else {
                slice.add(list.add(rest, element.isMethod ? .method : .state))
            }
            try charge()
            return true
        }
        guard isDone else { return false }
        let first = params.from - 1
        slice.add(list.count / 16)
        rendering = (list.cursor(at: first), min(max(params.to, first), max(list.count, first)) - first)
        result.append("{\"total\":")
        result.append(decimal: UInt64(list.count))
        result.append(",\"branches\":[")
        return true
    }

    // MARK: Rendering

    private func hasRendered(_ slice: inout Slice) throws(ErrorObject) -> Bool {
        while var (cursor, rest) = rendering, rest > 0, let branch = list.next(&cursor) {
            guard !slice.isExhausted else { return false }
            let size = result.count
            if size > 0, result.bytes[size - 1] == UInt8(ascii: "}") { result.append(",") }
            render(branch)
            slice.add(80 + (result.count - size) / 2)
            try delivery.check(resultSize: result.count)
            try charge()
            rest -= 1
            rendering = (cursor, rest)
        }
        result.append("]}")
        slice.add(result.count / 4)
        return true
    }

    private func render(_ branch: BranchList.Branch) {
        let name = list.withName(of: branch) { JSONWriter.content(of: $0.bytes) }
        result.append("{\"name\":\"")
        result.append(name)
        result.append("\",\"path\":\"")
        result.append(before)
        result.append(name)
        if branch.kind == .none { result.append(behind) }
        result.append("\",\"elements\":")
        result.append(decimal: UInt64(branch.elements))
        switch branch.kind {
        case .none: break
        case .state: result.append(",\"kind\":\"state\"")
        case .method: result.append(",\"kind\":\"method\"")
        }
        result.append("}")
    }

    // MARK: Charging

    /// Charges the peer with what the job takes more than before.
    private func charge() throws(ErrorObject) {
        let size =
            params.prefix.count + before.count + params.separator.count + behind.count + list.size + result.capacity
        guard size > charged else { return }
        try accounts.charge(.bytes, size - charged, to: peer)
        charged = size
    }

    private func release() {
        accounts.add(.bytes, -charged, to: peer)
        charged = 0
        list = BranchList()
        result = RawBuffer()
    }

    func relocate(_ move: ElementTable.Move) { walk.relocate(move) }

    func cancel() { release() }
}

extension JSONWriter {
    /// A text as it stands in a JSON string, without the quotes.
    fileprivate static func content(of text: RawSpan) -> [UInt8] {
        if text.standsInJSON { return text.array }
        var quoted: [UInt8] = []
        append(string: text, to: &quoted)
        return Array(quoted[1..<quoted.count - 1])
    }
}
