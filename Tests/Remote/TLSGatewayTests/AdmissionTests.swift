import ProxyProtocol
import Testing

@testable import TLSGateway

/// How connections and handshakes are counted.
@Suite("Admission of connections")
struct AdmissionTests {
    private static func address(_ bytes: [UInt8]) -> PeerAddress { PeerAddress(.init(bytes: bytes, port: 1)) }
    private static let ann = address([192, 0, 2, 1])
    private static let bob = address([192, 0, 2, 2])

    private static func admission(
        handshakes: Int = 100, connections: Int = 100, perAddress: Int = 100
    ) -> Admission {
        var limits = GatewayConfiguration(daemon: "")
        (limits.handshakes, limits.connections, limits.connectionsPerAddress) = (handshakes, connections, perAddress)
        return Admission(limits: limits)
    }

    @Test func `An address has a limit of connections, whatever the others have`() throws {
        var admission = Self.admission(perAddress: 2)
        for number in 1...2 { #expect(try admission.admit(Self.ann, number: UInt64(number)).get() == nil) }
        #expect(throws: Admission.RefusalError.self) { try admission.admit(Self.ann, number: 3).get() }
        #expect(try admission.admit(Self.bob, number: 4).get() == nil)
        admission.release(Self.ann, number: 1)
        #expect(try admission.admit(Self.ann, number: 5).get() == nil)
    }

    @Test func `All of them have a limit together`() throws {
        var admission = Self.admission(connections: 1)
        _ = try admission.admit(Self.ann, number: 1).get()
        let refusal = #expect(throws: Admission.RefusalError.self) { try admission.admit(Self.bob, number: 2).get() }
        #expect(refusal?.reason == .all)
        admission.release(Self.ann, number: 1)
        #expect(admission.connections == 0 && admission.handshakes.isEmpty)
    }

    @Test func `With too many handshakes the address that has most of them loses its oldest`() throws {
        var admission = Self.admission(handshakes: 3)
        _ = try admission.admit(Self.bob, number: 1).get()
        _ = try admission.admit(Self.ann, number: 2).get()
        _ = try admission.admit(Self.ann, number: 3).get()
        #expect(try admission.admit(Self.bob, number: 4).get()?.number == 2)
    }

    @Test func `A handshake that has ended no longer counts as one`() throws {
        var admission = Self.admission(handshakes: 1)
        _ = try admission.admit(Self.ann, number: 1).get()
        admission.endHandshake(1)
        #expect(try admission.admit(Self.ann, number: 2).get() == nil)
        #expect(admission.connections == 2)
    }

    @Test func `All addresses of an IPv6 network count as one`() {
        let network: [UInt8] = [0x20, 1, 0xD, 0xB8, 0, 0, 0, 7]
        let one = Self.address(network + [0, 0, 0, 0, 0, 0, 0, 1])
        let other = Self.address(network + [9, 9, 9, 9, 9, 9, 9, 9])
        #expect(one == other && one.description == "2001:db8:0:7::/64")
        #expect(one != Self.address([0x20, 1, 0xD, 0xB8, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1]))
        #expect(Self.ann != Self.bob && Self.ann.description == "192.0.2.1")
    }
}
