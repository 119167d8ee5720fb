import Glibc

/// A message that is rendered ahead, but for some numbers: each run of `#` in its text is the place of one, which is
/// written with as many digits. So all messages of a kind have the same length, and one costs a copy and some digits.
///
///     let change = Template(#"{"id":##########,"method":"change","params":{"path":"a/######","value":##########}}"#)
///     link.send(change, 1_000_000_007, 7, 1_000_000_007)
struct Template: ~Copyable {
    private let bytes: UnsafeMutableRawBufferPointer
    private let places: [(offset: Int, width: Int)]

    init(_ text: String) {
        let source = Array(text.utf8)
        bytes = .allocate(byteCount: source.count, alignment: 16)
        bytes.copyBytes(from: source)
        var places: [(offset: Int, width: Int)] = []
        for (offset, byte) in source.enumerated() where byte == UInt8(ascii: "#") {
            if let last = places.last, last.offset + last.width == offset {
                places[places.count - 1].width += 1
            } else {
                places.append((offset, 1))
            }
        }
        self.places = places
    }

    deinit { bytes.deallocate() }

    /// How long the message is, in bytes.
    var length: Int { bytes.count }

    /// Writes the message to `place`, with these numbers; those for which there is no place are left out.
    @inline(__always)
    func render(_ first: Int, _ second: Int, _ third: Int, at place: UnsafeMutableRawPointer) {
        place.put(UnsafeRawBufferPointer(bytes))
        if places.count > 0 { Digits.write(first, places[0].width, at: place + places[0].offset) }
        if places.count > 1 { Digits.write(second, places[1].width, at: place + places[1].offset) }
        if places.count > 2 { Digits.write(third, places[2].width, at: place + places[2].offset) }
    }
}

extension Link {
    /// Adds a message with these numbers in its places.
    @inline(__always)
    func send(_ template: borrowing Template, _ first: Int = 0, _ second: Int = 0, _ third: Int = 0) {
        send(length: template.length) { template.render(first, second, third, at: $0) }
    }
}

/// Numbers of a fixed width, in decimal.
enum Digits {
    /// Writes the lowest `width` digits of a number.
    @inline(__always)
    static func write(_ number: Int, _ width: Int, at place: UnsafeMutableRawPointer) {
        var rest = UInt64(truncatingIfNeeded: number)
        var at = width
        while at > 0 {
            at &-= 1
            place.storeBytes(
                of: UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10), toByteOffset: at, as: UInt8.self)
            rest /= 10
        }
    }

    /// Reads a number; `nil` if one of the bytes is no digit.
    @inline(__always)
    static func read(_ bytes: UnsafeRawBufferPointer, at offset: Int, _ width: Int) -> Int? {
        var number = 0
        for at in offset..<offset &+ width {
            let digit = bytes[at] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            number = number &* 10 &+ Int(digit)
        }
        return number
    }
}
