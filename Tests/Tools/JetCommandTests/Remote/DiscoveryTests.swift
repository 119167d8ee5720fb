@testable import Announcement
import Digests
import JSONText
import TestSupport
import Testing

@testable import JetCommand

/// What `jet discover` makes of the devices that have answered.
@Suite("jet discover")
struct DiscoveryTests {
    private let key = Fingerprint(ofKey: [1])
    private let other = Fingerprint(ofKey: [2])

    private func device(_ name: String, _ addresses: [String], _ fingerprint: Fingerprint?) -> DiscoveredDevice {
        DiscoveredDevice(
            name: name, host: "\(name).local", addresses: addresses, port: 11124, fingerprint: fingerprint, text: [:])
    }

    @Test("says whether a device is paired, known, or has another key than before")
    func knowledge() {
        var known = KnownDaemons([])
        known.note(key, at: DaemonAddress(host: "shed.local", port: 11124), isPaired: true, title: "")
        #expect(device("shed", [], key).knowledge(known) == .paired)
        #expect(device("moved", ["192.0.2.1"], key).knowledge(known) == .paired)
        #expect(device("shed", [], other).knowledge(known) == .changed)
        #expect(device("shed", [], nil).knowledge(known) == .no)
        #expect(device("barn", [], other).knowledge(known) == .no)
        known.note(other, at: DaemonAddress(host: "192.0.2.8", port: 11124), isPaired: false, title: "")
        #expect(device("barn", ["192.0.2.8"], other).knowledge(known) == .known)
    }

    @Test("prints a table, in which what devices say is escaped, and records")
    func printing() {
        let evil = device("a\u{1B}[2J", ["192.0.2.7", "192.0.2.8", "2001:db8::7"], key)
        let lines = DiscoveredDevice.lines([evil], KnownDaemons([])).map { $0.rendered(colored: false) }
        #expect(lines[0].hasPrefix("NAME"))
        #expect(
            !lines[1].contains("\u{1B}") && lines[1].contains("192.0.2.7 2001:db8::7") && lines[1].hasSuffix("  no"))
        let record = evil.record(KnownDaemons([]))
        #expect(record["port"] == 11124 && record["known"] == "no" && record["fingerprint"]?.string == "\(key)")
    }
}
