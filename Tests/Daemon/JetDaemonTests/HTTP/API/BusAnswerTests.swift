import JSONText
import JetBus
import JetProtocol
import NIOCore
import Testing

@testable import JetDaemon

/// The messages of the bus that answer requests of HTTP.
@Suite("API: answers of the bus")
struct BusAnswerTests {
    private func read(_ text: String) -> [String]? {
        Array(text.utf8).withUnsafeBytes { BusAnswer($0) }.map {
            [String(buffer: $0.json), String(decoding: $0.valueBytes, as: UTF8.self), "\($0.isError)"]
        }
    }

    @Test func `Results and errors are taken apart`() {
        #expect(read(#"{"id":1,"result":[1,{}]}"#) == [#"{"result":[1,{}]}"#, "[1,{}]", "false"])
        #expect(read(#"{"id":1,"error":{"code":1}}"#) == [#"{"error":{"code":1}}"#, #"{"code":1}"#, "true"])
        #expect(read(#"{"error":{"code":1}}"#) == [#"{"error":{"code":1}}"#, #"{"code":1}"#, "true"])
        #expect(read(#"{"method":"f","params":1}"#) == nil)
        #expect(read("") == nil)
    }

    @Test func `The bus answers in this form`() throws {
        let bus = Bus()
        let peer = bus.connect()
        for (message, isError) in [
            (#"{"id":1,"method":"echo","params":[7]}"#, false), (#"{"id":1,"method":"get","params":{}}"#, false),
            (#"{"id":1,"method":"set","params":{"path":"x","value":1}}"#, true), (#"{"id":1,"method":"x"}"#, true),
            ("{", true),
        ] {
            bus.receive(Array(message.utf8).span.bytes, from: peer, at: 1)
            var answer: BusAnswer?
            bus.withOutput(of: peer) { answer = BusAnswer(UnsafeRawBufferPointer(rebasing: $0[4...])) }
            #expect(answer?.isError == isError, "\(message)")
            let json = try JSON(parsing: Array(try #require(answer).json.readableBytesView))
            #expect(json.object?.count == 1)
        }
    }
}
