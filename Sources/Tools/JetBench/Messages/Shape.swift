import Glibc
import JSONText

/// What all messages of one kind have in common, learned from the first one: every byte but those of one or two numbers.
///
/// Parsing each message would make the generator slower than the daemon. A message that has the length of the sample and
/// the same bytes around the numbers is known to the last byte without that; one that has not is parsed, and is the next
/// sample.
struct Shape {
    private let sample: [UInt8]
    private let first: ByteRange
    /// Empty if there is one number only; else behind the first.
    private let second: ByteRange

    /// The shape of `sample`, with numbers at these places.
    ///
    /// - Returns: `nil` if the places are not in order.
    init?(_ sample: UnsafeRawBufferPointer, first: ByteRange, second: ByteRange? = nil) {
        let end = ByteRange(sample.count, sample.count)
        self.sample = Array(sample)
        self.first = first
        self.second = second ?? end
        guard first.start <= first.end, first.end <= self.second.start, self.second.end <= sample.count else {
            return nil
        }
    }

    /// The numbers of a message; `nil` if it has another shape. The second is 0 if the shape has one only.
    @inline(__always)
    func numbers(of message: UnsafeRawBufferPointer) -> (Int, Int)? {
        guard message.count == sample.count, isSame(message, 0, first.start),
            isSame(message, first.end, second.start), isSame(message, second.end, sample.count)
        else { return nil }
        guard let one = Digits.read(message, at: first.start, first.count),
            let two = Digits.read(message, at: second.start, second.count)
        else { return nil }
        return (one, two)
    }

    @inline(__always)
    private func isSame(_ message: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> Bool {
        guard end > start else { return true }
        return sample.withUnsafeBytes { sample in
            guard let one = sample.baseAddress, let two = message.baseAddress else { return false }
            return memcmp(one + start, two + start, end &- start) == 0
        }
    }
}
