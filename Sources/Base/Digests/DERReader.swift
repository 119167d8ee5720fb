/// Reads values in DER (X.690), one after the other. The bytes may be anything: what is not such a value is `nil`.
///
///     var certificate = DERReader(bytes[...])
///     let body = certificate.next(0x30)
package struct DERReader {
    /// What has not been read.
    package private(set) var rest: ArraySlice<UInt8>

    /// Reads from the beginning of `bytes`.
    package init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// Whether everything has been read.
    package var isEmpty: Bool { rest.isEmpty }

    /// The tag of the next value.
    package var tag: UInt8? { rest.first }

    /// Reads the next value, if it has this tag.
    package mutating func next(_ tag: UInt8) -> (contents: ArraySlice<UInt8>, whole: ArraySlice<UInt8>)? {
        rest.first == tag ? next() : nil
    }

    /// Reads the next value, whatever its tag is.
    package mutating func next() -> (contents: ArraySlice<UInt8>, whole: ArraySlice<UInt8>)? {
        guard let first = rest.dropFirst().first else { return nil }
        var header = 2
        var length = Int(first)
        if first & 0x80 != 0 {
            let count = Int(first & 0x7F)
            guard (1...4).contains(count), rest.count >= 2 + count else { return nil }
            length = rest.dropFirst(2).prefix(count).reduce(0) { $0 << 8 | Int($1) }
            header += count
        }
        guard rest.count - header >= length else { return nil }
        let whole = rest.prefix(header + length)
        rest = rest.dropFirst(header + length)
        return (whole.dropFirst(header), whole)
    }
}
