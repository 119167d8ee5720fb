import ProxyProtocol
import Testing

@Suite("The header of the PROXY protocol") struct ProxyHeaderTests {
    private static let full = ProxyHeader(
        source: .init(bytes: [192, 0, 2, 7], port: 50_312), destination: .init(bytes: [192, 0, 2, 1], port: 11_124),
        tls: .init(
            version: "TLSv1.3", hasCertificate: true, isVerified: true, commonName: "press-7",
            keyFingerprint: Array(0..<32), subject: "CN=press-7,O=Example"))

    @Test(
        "what is written is read again",
        arguments: [
            full, ProxyHeader(source: nil, destination: nil, tls: nil),
            ProxyHeader(
                source: .init(bytes: Array(1...16), port: 1), destination: .init(bytes: Array(2...17), port: 65_535),
                tls: .init(version: "TLSv1.2")),
        ])
    func roundTrip(header: ProxyHeader) throws {
        let bytes = header.bytes
        let read = try #require(try ProxyHeader.read(bytes + Array("GET / HTTP/1.1".utf8)))
        #expect(read.header == header)
        #expect(read.length == bytes.count)
    }

    @Test("the bytes are those of the specification") func specification() {
        let header = ProxyHeader(
            source: .init(bytes: [1, 2, 3, 4], port: 0x0506), destination: .init(bytes: [7, 8, 9, 10], port: 0x0B0C),
            tls: nil)
        #expect(
            header.bytes == [
                0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A, 0x21, 0x11, 0, 12, 1, 2, 3, 4,
                7, 8,
                9, 10, 5, 6, 11, 12,
            ])
    }

    @Test("each beginning of a header needs more bytes") func beginnings() throws {
        let bytes = Self.full.bytes
        for count in bytes.indices { #expect(try ProxyHeader.read(bytes.prefix(count)) == nil) }
    }

    @Test("a fingerprint without a certificate is ignored") func withoutCertificate() throws {
        var header = Self.full
        header.tls?.hasCertificate = false
        let read = try #require(try ProxyHeader.read(header.bytes))
        #expect(read.header.tls == .init(version: "TLSv1.3"))
    }

    @Test("no bytes are a crash") func anyBytes() {
        var generator = SplitMix(seed: 1)
        for _ in 0..<20_000 {
            var bytes = Self.full.bytes
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes[Int.random(in: bytes.indices, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            bytes.removeLast(Int.random(in: 0..<bytes.count, using: &generator))
            _ = try? ProxyHeader.read(bytes)
        }
    }

    @Test("other bytes, other versions and long headers are refused") func refused() {
        var version = Self.full.bytes
        version[12] = 0x11
        var long = Self.full.bytes
        long[14] = 0x20
        for bytes in [Array("GET / HTTP/1.1\r\n".utf8), Array("PROXY TCP4 1.2.3.4".utf8), version, long] {
            #expect(throws: ProxyHeaderError.self) { try ProxyHeader.read(bytes) }
        }
    }
}

private struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
