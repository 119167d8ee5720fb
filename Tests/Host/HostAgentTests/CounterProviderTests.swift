import Netlink
import CNetlink
import JSONText
import Synchronization
import TestSupport
import Testing

@testable import AgentCore
@testable import Providers

/// What goes through links, and how fast.
struct CounterProviderTests {
    @Test("rates come with the second look; a link that is idle has nothing to publish")
    func rates() {
        let kernel = Counting([("eth0", 1000), ("lo", 7)], [("eth0", 3000), ("lo", 7)], [("eth0", 3000), ("lo", 7)])
        var counters = kernel.provider
        var board = StateBoard()
        #expect(board.apply(counters.readings(), of: "counters").publications.count == 2)
        let second = board.apply(counters.readings(), of: "counters").publications
        #expect(second.map(\.path) == ["network/eth0/counters", "network/eth0/rates", "network/lo/rates"])
        guard case .add(let rates) = second[1] else { Issue.record("no rates"); return }
        #expect(rates.value == ["rxBytes": 400, "rxPackets": 0, "txBytes": 0, "txPackets": 0])
        let third = board.apply(counters.readings(), of: "counters").publications
        #expect(third == [.change(path: "network/eth0/rates", value: rates.value.with("rxBytes", 0))])
        #expect(board.apply(counters.readings(), of: "counters").publications.isEmpty)
    }

    @Test("a link that went and came back begins anew")
    func comeback() {
        let kernel = Counting([("eth0", 1000)], [], [("eth0", 5)], [("eth0", 55)])
        var counters = kernel.provider
        #expect(counters.readings().map(\.path) == ["network/eth0/counters"])
        #expect(counters.readings().isEmpty)
        #expect(counters.readings().map(\.path) == ["network/eth0/counters"])
        #expect(counters.readings().last?.value["rxBytes"] == 10)
    }

    /// Links that have received so many bytes at each look, five seconds after the one before.
    private final class Counting: Sendable {
        private let looks: [[(name: String, received: UInt64)]]
        private let look = Mutex(0)

        init(_ looks: [(String, UInt64)]...) { self.looks = looks.map { $0.map { (name: $0.0, received: $0.1) } } }

        var provider: CounterProvider {
            CounterProvider(
                period: .seconds(5), now: { [self] in .seconds(5 * look.withLock { $0 }) }, logger: MemoryLog().logger
            ) { [self] in
                let links = looks[
                    look.withLock { look in
                        defer { look += 1 }
                        return min(look, looks.count - 1)
                    }]
                return links.enumerated().flatMap { index, link in
                    var statistics = [UInt8](repeating: 0, count: 16)
                    statistics.append(native: link.received)
                    statistics += [UInt8](repeating: 0, count: 56)
                    let message = NetlinkBuilder.link(
                        index: Int32(index + 1),
                        NetlinkBuilder.attribute(Int(IFLA_IFNAME), Array(link.name.utf8) + [0]),
                        NetlinkBuilder.attribute(Int(IFLA_STATS64), statistics))
                    return NetlinkMessage.all(in: NetlinkBuilder.message(Int(RTM_NEWLINK), message))
                }
            }
        }
    }
}

extension JSON {
    /// The object with another value for one member.
    fileprivate func with(_ name: String, _ value: JSON) -> JSON {
        guard var object else { return self }
        object[name] = value
        return .object(object)
    }
}
