import JetProtocol

/// The text of the notifications about one element. Fetchers get the same text behind different heads, so each event is
/// rendered once and copied into each outbox.
///
/// It owns the memory that it renders into, so nothing else can overwrite what `tail` returned.
struct NotificationText: ~Copyable {
    /// Not retained: the table retains the element for as long as its event is handled, and `Conflation` for as long as it
    /// is conflated.
    private let reference: Unmanaged<Element>
    private var buffer: RawBuffer
    /// Which event was rendered last, and whether with `fetchOnly`.
    private var rendered = Self.nothing
    private static var nothing: UInt8 { .max }

    /// - Parameter memory: A buffer whose memory is used again.
    @inline(__always)
    init(about element: Element, memory: consuming RawBuffer) {
        reference = Unmanaged.passUnretained(element)
        buffer = memory
    }

    var element: Element { reference.takeUnretainedValue() }

    /// Hands back the memory, for the next text.
    @inline(__always)
    mutating func surrenderMemory() -> RawBuffer { buffer.take() }

    /// What follows a fetcher's head: `,"params":{...}}`. Valid until the next call.
    @inline(__always)
    mutating func tail(_ event: ElementEvent, for peer: Peer) -> UnsafeRawBufferPointer {
        let fetchOnly = event == .add && reference._withUnsafeGuaranteedRef { $0.isFetchOnly(for: peer) }
        let wanted = event.rawValue &* 2 &+ (fetchOnly ? 1 : 0)
        if rendered != wanted {
            reference._withUnsafeGuaranteedRef { render(event, of: $0, fetchOnly: fetchOnly) }
            rendered = wanted
        }
        return buffer.bytes
    }

    @inline(__always)
    private mutating func render(_ event: ElementEvent, of element: Element, fetchOnly: Bool) {
        buffer.removeAll(keepingAtMost: 1 << 20)
        guard event == .change, !element.isMethod else { return renderEntry(event, of: element, fetchOnly: fetchOnly) }
        // The same in one piece, for the most frequent event by far.
        let path = element.quotedPath
        let value = element.value.bytes
        let first: StaticString = ",\"params\":{\"path\":"
        let second: StaticString = ",\"event\":\"change\",\"value\":"
        let last: StaticString = "}}"
        let constant = first.utf8CodeUnitCount &+ second.utf8CodeUnitCount &+ last.utf8CodeUnitCount
        buffer.extend(by: constant &+ path.count &+ value.count)
            .putting(first).putting(path).putting(second).putting(value).put(last)
    }

    @inline(__always)
    private mutating func renderEntry(_ event: ElementEvent, of element: Element, fetchOnly: Bool) {
        buffer.append(",\"params\":")
        buffer.append(event, of: element, fetchOnly: fetchOnly)
        buffer.append("}")
    }
}

extension RawBuffer {
    /// Appends `{"path":...,"event":...}`.
    @inline(__always)
    mutating func append(_ event: ElementEvent, of element: Element, fetchOnly: Bool) {
        append("{\"path\":")
        append(element.quotedPath)
        switch event {
        case .add: append(",\"event\":\"add\"")
        case .change: append(",\"event\":\"change\"")
        case .remove: append(",\"event\":\"remove\"")
        }
        if !element.isMethod {
            append(",\"value\":")
            append(element.value.bytes)
        }
        if event == .add {
            if fetchOnly { append(",\"fetchOnly\":true") }
            if let meta = element.details?.meta {
                append(",\"meta\":")
                append(meta)
            }
        }
        append("}")
    }

    /// Appends `{"path","value","index"}`, an entry of a sorted window.
    ///
    /// - Parameter rank: From 0.
    mutating func append(_ element: Element, rank: Int, fetchOnly: Bool) {
        append(sortedEntryOf: element)
        append(sortedIndex: rank, fetchOnly: fetchOnly)
    }

    /// Appends the beginning of an entry of a sorted window, up to its index.
    mutating func append(sortedEntryOf element: Element) {
        append("{\"path\":")
        append(element.quotedPath)
        if !element.isMethod {
            append(",\"value\":")
            append(element.value.bytes)
        }
    }

    /// Appends the rest of an entry.
    mutating func append(sortedIndex rank: Int, fetchOnly: Bool) {
        append(",\"index\":")
        append(decimal: UInt64(rank + 1))
        if fetchOnly { append(",\"fetchOnly\":true") }
        append("}")
    }
}
