#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// A *secret*, such as a password: bytes that are kept in one place, are never printed, and are wiped when they are no
/// longer used.
///
///     let secret = Secret("swordfish")
///     secret.withCString { crypt($0, setting) }
///     print(secret)       // (secret)
///
/// The source of the copy, such as a message or an environment variable, is not wiped.
///
/// `@unchecked Sendable`, because the memory is written only in the initializer, before it is shared, and freed in
/// `deinit`.
public final class Secret: @unchecked Sendable {
    /// The bytes and a NUL behind them.
    private let memory: UnsafeMutablePointer<CChar>
    /// How many bytes it has.
    public let count: Int

    private init(taking memory: UnsafeMutablePointer<CChar>, count: Int) {
        self.memory = memory
        self.count = count
    }

    /// A secret of these bytes.
    public convenience init(_ bytes: UnsafeRawBufferPointer) {
        let memory = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count + 1)
        UnsafeMutableRawBufferPointer(start: memory, count: bytes.count).copyMemory(from: bytes)
        memory[bytes.count] = 0
        self.init(taking: memory, count: bytes.count)
    }

    /// A secret of these bytes. The array is wiped, unless its memory is shared.
    public convenience init(moving bytes: inout [UInt8]) {
        let copy = bytes.withUnsafeMutableBytes { bytes in
            defer { if let start = bytes.baseAddress { explicit_bzero(start, bytes.count) } }
            return Secret(UnsafeRawBufferPointer(bytes))
        }
        bytes = []
        self.init(copying: copy)
    }

    /// No bytes, where there is no secret.
    public static let empty = Secret("")

    deinit {
        explicit_bzero(memory, count)
        memory.deallocate()
    }

    private convenience init(copying other: Secret) {
        self.init(UnsafeRawBufferPointer(start: other.memory, count: other.count))
    }

    /// A secret of the UTF-8 of this text.
    public convenience init(_ text: String) {
        var bytes = Array(text.utf8)
        self.init(moving: &bytes)
    }

    /// Whether the bytes contain NUL, which would end a C string early.
    public var holdsNUL: Bool { UnsafeBufferPointer(start: memory, count: count).contains(0) }

    /// Calls `body` with the bytes, followed by NUL.
    public func withCString<Result, Failure: Error>(
        _ body: (UnsafePointer<CChar>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafePointer(memory))
    }

    /// Calls `body` with the bytes.
    public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        body(UnsafeRawBufferPointer(start: memory, count: count))
    }
}

extension Secret: CustomStringConvertible, CustomReflectable {
    /// A placeholder: the secret is not printed.
    public var description: String { "(secret)" }
    /// Has no children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
