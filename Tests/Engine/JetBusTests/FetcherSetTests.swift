import JSONText
import JetProtocol
import TestSupport
import Testing

@testable import JetBus

/// One peer's fetchers by their ids, be they few or many.
@Suite("Fetcher set")
struct FetcherSetTests {
    private func id(_ number: Int) throws -> FetchID {
        let text = Array("\"f\(number)\"".utf8)
        let id = FetchID(ByteRange(0, text.count), in: text.span.bytes)
        return try #require(id)
    }

    @Test(
        "what is set is found, what is removed is not, however many there are", arguments: 1...5 as ClosedRange<UInt64>)
    func random(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let peer = Peer(id: PeerID(index: 0))
        var set = FetcherSet()
        var expected: [Int: Fetcher] = [:]
        for step in 0..<2000 {
            // The number of fetchers swings around that from which on there is an index.
            let number = Int.random(in: 0..<24, using: &random)
            if expected[number] == nil, Int.random(in: 0..<24, using: &random) >= expected.count {
                let fetcher = Fetcher(serial: UInt64(step), peer: peer, id: try id(number), rule: FetchRule())
                set[fetcher.id] = fetcher
                expected[number] = fetcher
            } else {
                set[try id(number)] = nil
                expected[number] = nil
            }
            for number in 0..<24 {
                let found = set[try id(number)]
                #expect(found === expected[number])
            }
            #expect(set.isEmpty == expected.isEmpty)
        }
        var serials: [UInt64] = []
        set.forEach { serials.append($0.serial) }
        #expect(serials.sorted() == expected.values.map(\.serial).sorted())
    }
}
