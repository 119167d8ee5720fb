import TestSupport
import Testing

@testable import JetBus

/// The table behind the look-up of paths, compared with a dictionary.
@Suite("Hash index")
struct HashIndexTests {
    @Test(
        "it finds what a dictionary finds, whatever comes and goes",
        arguments: [(1, 0xFFFF_FFFF), (2, 0x7), (3, 0x1), (4, 0xFFFF_FFF0)] as [(UInt64, UInt32)])
    func naively(seed: UInt64, mask: UInt32) {
        // The fewer bits of the hash count, the longer the runs of entries that want the same place; without the lowest
        // ones, the runs go around the end of the table.
        var random = SeededGenerator(seed: seed)
        var index = HashIndex()
        var hashes: [Int: UInt32] = [:]
        var next = 0
        for step in 0..<6000 {
            // It grows for a while, then shrinks.
            let grows = (step / 1000) % 2 == 0
            if Int.random(in: 0..<10, using: &random) < (grows ? 7 : 2) {
                let hash = UInt32.random(in: 0...UInt32.max, using: &random) & mask | 0x8000_0000
                index.insert(hash, place: next)
                hashes[next] = hash
                next += 1
            } else if let (place, hash) = hashes.min(by: { $0.key &* 0x9E37 % 1009 < $1.key &* 0x9E37 % 1009 }) {
                index.remove(hash, place: place)
                hashes[place] = nil
                #expect(index.find(hash) { $0 == place } == nil)
            }
            #expect(index.count == hashes.count)
            if step % 100 == 0 {
                for (place, hash) in hashes { #expect(index.find(hash) { $0 == place } == place) }
            }
        }
        index.relocate { $0 + 5 }
        for (place, hash) in hashes { #expect(index.find(hash) { $0 == place + 5 } == place + 5) }
    }

    @Test("it shrinks and grows again without losing anything")
    func sizes() {
        var index = HashIndex()
        func hash(_ place: Int) -> UInt32 { UInt32(truncatingIfNeeded: place &* 0x9E37_79B1) | 0x8000_0000 }
        for place in 0..<20_000 { index.insert(hash(place), place: place) }
        for place in 0..<19_990 { index.remove(hash(place), place: place) }
        #expect(index.count == 10)
        for place in 19_990..<20_000 { #expect(index.find(hash(place)) { $0 == place } == place) }
        for place in 0..<2000 { index.insert(hash(place), place: place) }
        for place in 0..<2000 { #expect(index.find(hash(place)) { $0 == place } == place) }
    }

    @Test("the removal of what is not there changes nothing")
    func notThere() {
        var index = HashIndex()
        index.insert(0x8000_0001, place: 1)
        index.remove(0x8000_0001, place: 2)
        index.remove(0x8000_0002, place: 1)
        #expect(index.count == 1)
        #expect(index.find(0x8000_0001) { $0 == 1 } == 1)
    }

    // MARK: The hash

    @Test("every byte of a path counts for its hash, at any length")
    func everyByte() {
        let hash = ByteHash(seed: 42)
        for length in 1...80 {
            let path = (0..<length).map { UInt8(truncatingIfNeeded: $0) }
            let plain = path.withUnsafeBytes { hash($0) }
            for place in 0..<length {
                var other = path
                other[place] ^= 0x20
                #expect(other.withUnsafeBytes { hash($0) } != plain, "length \(length), place \(place)")
            }
        }
    }

    @Test("hashes depend on the key, are never 0, and spread")
    func spread() {
        let paths = (0..<10_000).map { Array("machine/sensor/\($0)/value".utf8) }
        var all: [Set<UInt32>] = []
        for seed in [0, 1, .max] as [UInt64] {
            let hash = ByteHash(seed: seed)
            let hashes = paths.map { $0.withUnsafeBytes { hash($0) } }
            #expect(!hashes.contains(0))
            // Of 31 bits, 10,000 values rarely meet; the lowest bits choose the place in the table.
            #expect(Set(hashes).count > 9990)
            #expect(Set(hashes.map { $0 & 0xFF }).count == 256)
            all.append(Set(hashes))
        }
        #expect(all[0].isDisjoint(with: all[1]) || all[0].intersection(all[1]).count < 10)
    }
}
