import JetProtocol
import NIOCore

/// What the bus has answered to a request of the id `1`.
///
/// The message is `{"id":1,"result":...}` or `{"id":1,"error":...}`, as `Delivery` writes it. So it is taken apart by its
/// beginning, which costs the same for a result of any length.
struct BusAnswer {
    /// `{"result":...}` or `{"error":...}`.
    private(set) var json: ByteBuffer
    /// Whether it is an error.
    let isError: Bool

    private static let result = Array("{\"id\":1,\"result\":".utf8)
    private static let error = Array("{\"id\":1,\"error\":".utf8)
    /// Of a message that the bus could not read.
    private static let bareError = Array("{\"error\":".utf8)
    /// Where the comma behind the id is.
    private static let comma = 7

    /// Reads a message; `nil` if it is none of these.
    init?(_ message: UnsafeRawBufferPointer) {
        isError = !message.starts(with: Self.result)
        let hasID = !isError || message.starts(with: Self.error)
        guard hasID || message.starts(with: Self.bareError) else { return nil }
        json = ByteBuffer(bytes: message)
        guard hasID else { return }
        json.moveReaderIndex(to: Self.comma)
        json.setInteger(UInt8(ascii: "{"), at: Self.comma)
    }

    /// An error.
    init(_ error: ErrorObject) {
        json = ByteBuffer(bytes: Self.bareError + error.text + [UInt8(ascii: "}")])
        isError = true
    }

    /// The result, or the error object.
    var value: ByteBuffer {
        let name = isError ? Self.bareError.count : Self.result.count - Self.comma
        return json.getSlice(at: json.readerIndex + name, length: json.readableBytes - name - 1) ?? ByteBuffer()
    }

    /// The bytes of `value`, copied.
    var valueBytes: [UInt8] { Array(value.readableBytesView) }
}
