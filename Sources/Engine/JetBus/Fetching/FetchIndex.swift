import Glibc
import JetProtocol

/// Finds the fetchers that a new element is for, without asking all of them.
///
/// Fetchers for exact paths are found by the path's hash, those for a prefix by the hash of each beginning of the path
/// whose length is the length of some prefix. Only those that look for something inside a path are asked one by one.
struct FetchIndex: ~Copyable {
    private var exact: Buckets
    private var prefixes: Buckets
    /// How many buckets there are of each length of prefix, by length.
    private var prefixLengths: [(length: Int, buckets: Int)] = []
    /// Those that are asked one by one, in the order in which they began.
    private var unindexed: [Fetcher] = []
    /// How many of `unindexed` have ended.
    private var ended = 0
    /// How many of `unindexed` ignore case.
    private var caseless = 0

    init(seed: UInt64) {
        exact = Buckets(seed: seed)
        prefixes = Buckets(seed: seed)
    }

    mutating func insert(_ fetcher: Fetcher) {
        switch fetcher.reach {
        case .exactly(let paths):
            for path in paths { _ = exact.insert(fetcher, at: path) }
        case .prefix(let prefix):
            guard prefixes.insert(fetcher, at: prefix) else { return }
            if let index = prefixLengths.firstIndex(where: { $0.length == prefix.count }) {
                prefixLengths[index].buckets += 1
            } else {
                prefixLengths.append((prefix.count, 1))
            }
        case .anywhere:
            unindexed.append(fetcher)
            if fetcher.rule.path.ignoresCase { caseless += 1 }
        }
    }

    /// Removes a fetcher, which is not active any more.
    mutating func remove(_ fetcher: Fetcher) {
        switch fetcher.reach {
        case .exactly(let paths):
            for path in paths { _ = exact.remove(fetcher, from: path) }
        case .prefix(let prefix):
            guard prefixes.remove(fetcher, from: prefix),
                let index = prefixLengths.firstIndex(where: { $0.length == prefix.count })
            else { return }
            prefixLengths[index].buckets -= 1
            if prefixLengths[index].buckets == 0 { prefixLengths.remove(at: index) }
        case .anywhere:
            if fetcher.rule.path.ignoresCase { caseless -= 1 }
            // One peer may have very many, all of which end with it: to close each gap would take too long.
            ended += 1
            guard ended > 64, ended * 2 > unindexed.count else { return }
            unindexed.removeAll { !$0.isActive }
            ended = 0
        }
    }

    /// Calls `body` with each active fetcher whose rule `path` satisfies.
    ///
    /// - Parameters:
    ///   - hash: The path's hash with the seed of this index.
    ///   - isCostlyMatch: Evaluates the path rule of a fetcher that `isCostly`; it gets the lower case of the path if some
    ///     rule ignores case.
    func forEach(
        matching path: UnsafeRawBufferPointer, hash: UInt32, isCostlyMatch: (Fetcher, [UInt8]) -> Bool,
        _ body: (Fetcher) -> Void
    ) {
        let span = path.bytes
        exact.forEach(at: path, hash: hash) { if $0.rule.path.matches(span), $0.isActive { body($0) } }
        for (length, _) in prefixLengths where length <= path.count {
            prefixes.forEach(at: UnsafeRawBufferPointer(rebasing: path[..<length])) {
                let isMatching = $0.isCostly ? isCostlyMatch($0, []) : $0.rule.path.matches(span)
                if isMatching, $0.isActive { body($0) }
            }
        }
        guard !unindexed.isEmpty else { return }
        let lowercased = caseless > 0 ? PathRule.lowercased(span) : []
        for fetcher in unindexed {
            let isMatching =
                fetcher.isCostly
                ? isCostlyMatch(fetcher, lowercased) : fetcher.rule.path.matches(span, lowercased: lowercased)
            if isMatching, fetcher.isActive { body(fetcher) }
        }
    }
}

/// Fetchers by a key of bytes.
private struct Buckets: ~Copyable {
    private struct Bucket {
        let key: [UInt8]
        /// In the order in which they began.
        var fetchers: [Fetcher]
    }

    private var buckets: [Bucket?] = []
    private var vacant: [Int] = []
    private var index = HashIndex()
    private let hash: ByteHash

    init(seed: UInt64) { hash = ByteHash(seed: seed) }

    private func find(_ key: UnsafeRawBufferPointer, hash: UInt32) -> Int? {
        index.find(hash) { place in
            guard let other = buckets[place]?.key, other.count == key.count else { return false }
            guard let base = key.baseAddress else { return true }
            return memcmp(other, base, key.count) == 0
        }
    }

    /// - Returns: Whether the key is new.
    mutating func insert(_ fetcher: Fetcher, at key: [UInt8]) -> Bool {
        let hash = key.withUnsafeBytes { self.hash($0) }
        if let place = key.withUnsafeBytes({ find($0, hash: hash) }) {
            buckets[place]?.fetchers.append(fetcher)
            return false
        }
        let bucket = Bucket(key: key, fetchers: [fetcher])
        if let place = vacant.popLast() {
            buckets[place] = bucket
            index.insert(hash, place: place)
        } else {
            index.insert(hash, place: buckets.count)
            buckets.append(bucket)
        }
        return true
    }

    /// - Returns: Whether the key is gone.
    mutating func remove(_ fetcher: Fetcher, from key: [UInt8]) -> Bool {
        let hash = key.withUnsafeBytes { self.hash($0) }
        guard let place = key.withUnsafeBytes({ find($0, hash: hash) }) else { return false }
        _ = buckets[place]?.fetchers.remove(fetcher)
        guard buckets[place]?.fetchers.isEmpty == true else { return false }
        index.remove(hash, place: place)
        buckets[place] = nil
        vacant.append(place)
        return true
    }

    @inline(__always)
    func forEach(at key: UnsafeRawBufferPointer, _ body: (Fetcher) -> Void) {
        if index.count > 0 { forEach(at: key, hash: hash(key), body) }
    }

    @inline(__always)
    func forEach(at key: UnsafeRawBufferPointer, hash: UInt32, _ body: (Fetcher) -> Void) {
        guard index.count > 0, let place = find(key, hash: hash), let bucket = buckets[place] else { return }
        for fetcher in bucket.fetchers { body(fetcher) }
    }
}

extension [Fetcher] {
    /// Removes a fetcher from a list in the order in which they began, that is of their serials. One peer may have very
    /// many alike, all of which go with it: to look at each one for each would be too much.
    ///
    /// - Returns: Whether it was there.
    fileprivate mutating func remove(_ fetcher: Fetcher) -> Bool {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle].serial < fetcher.serial { low = middle + 1 } else { high = middle }
        }
        guard low < count, self[low] === fetcher else { return false }
        remove(at: low)
        return true
    }
}
