import Glibc

/// A growing buffer of bytes, in which the engine renders and stores. It does what an array does without the uniqueness
/// check, the zero fill and the bounds check of every append.
///
/// The buffer alone owns its memory: it allocates with `malloc`, and frees when it ends. Pointers that it returns are
/// valid until the next mutating call.
struct RawBuffer: ~Copyable {
    private(set) var base: UnsafeMutableRawPointer?
    private(set) var count = 0
    private(set) var capacity = 0

    init() {}

    private init(base: UnsafeMutableRawPointer?, count: Int, capacity: Int) {
        self.base = base
        self.count = count
        self.capacity = capacity
    }

    /// A buffer that holds these bytes and has no room for more.
    init(exactly bytes: [UInt8]) {
        base = malloc(max(bytes.count, 1))
        guard let base else { preconditionFailure("out of memory") }
        capacity = bytes.count
        count = bytes.count
        bytes.withUnsafeBytes { base.put($0) }
    }

    deinit {
        // Moved buffers end often, and own nothing.
        if base != nil { free(base) }
    }

    /// The bytes. Valid until the next change.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    mutating func removeAll() { count = 0 }

    /// Forgets the bytes behind the first `count`.
    mutating func truncate(to count: Int) { self.count = min(self.count, count) }

    /// Forgets the bytes; frees their memory if that is larger than `limit`.
    mutating func removeAll(keepingAtMost limit: Int) {
        count = 0
        if capacity > limit {
            free(base)
            base = nil
            capacity = 0
        }
    }

    /// Extends the bytes by `extra` uninitialized ones and returns where they begin. The caller writes all of them.
    @inline(__always)
    mutating func extend(by extra: Int) -> UnsafeMutableRawPointer {
        let needed = count &+ extra
        if needed > capacity { grow(to: needed) }
        // `grow` leaves memory behind whenever something is asked for.
        let end = (base ?? UnsafeMutableRawPointer(bitPattern: 16).unsafelyUnwrapped) + count
        count = needed
        return end
    }

    @inline(never)
    private mutating func grow(to needed: Int) {
        let size = max(needed, capacity &* 2, 256)
        guard let memory = realloc(base, size) else { preconditionFailure("out of memory") }
        base = memory
        capacity = size
    }

    @inline(__always)
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        extend(by: bytes.count).put(bytes)
    }

    @inline(__always)
    mutating func append(_ text: StaticString) {
        _ = extend(by: text.utf8CodeUnitCount).putting(text)
    }

    mutating func append(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { append($0) }
    }

    mutating func append(decimal value: UInt64) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var at = digits.count
            var rest = value
            repeat {
                at &-= 1
                digits[at] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            append(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(digits)[at...]))
        }
    }

    /// Moves the bytes and their memory out of this buffer, which is empty afterwards.
    @inline(__always)
    mutating func take() -> RawBuffer {
        let taken = RawBuffer(base: base, count: count, capacity: capacity)
        base = nil
        count = 0
        capacity = 0
        return taken
    }

    /// Hands the memory to another owner, which passes it to `adopt` or frees it.
    mutating func surrender() -> (base: UnsafeMutableRawPointer, capacity: Int)? {
        guard let base else { return nil }
        defer {
            self.base = nil
            count = 0
            capacity = 0
        }
        return (base, capacity)
    }

    /// Takes ownership of memory that `surrender` handed over. What this buffer owned is freed.
    mutating func adopt(_ memory: (base: UnsafeMutableRawPointer, capacity: Int)) {
        free(base)
        (base, capacity) = memory
        count = 0
    }
}

extension UnsafeRawBufferPointer {
    /// Below 0 if these bytes come before others, 0 if they are the same, above 0 if they come after them.
    func order(to other: UnsafeRawBufferPointer) -> Int {
        guard let left = baseAddress, let right = other.baseAddress else { return count - other.count }
        let order = memcmp(left, right, Swift.min(count, other.count))
        return order == 0 ? count - other.count : Int(order)
    }
}

extension UnsafeMutableRawPointer {
    /// Copies `bytes` to here.
    @inline(__always)
    func put(_ bytes: UnsafeRawBufferPointer) {
        if let source = bytes.baseAddress { memcpy(self, source, bytes.count) }
    }

    /// Copies `text` to here.
    @inline(__always)
    func put(_ text: StaticString) { memcpy(self, text.utf8Start, text.utf8CodeUnitCount) }

    /// Copies `bytes` to here and returns the address behind them.
    @inline(__always)
    func putting(_ bytes: UnsafeRawBufferPointer) -> UnsafeMutableRawPointer {
        put(bytes)
        return self + bytes.count
    }

    /// Copies `text` to here and returns the address behind it.
    @inline(__always)
    func putting(_ text: StaticString) -> UnsafeMutableRawPointer {
        memcpy(self, text.utf8Start, text.utf8CodeUnitCount)
        return self + text.utf8CodeUnitCount
    }
}
