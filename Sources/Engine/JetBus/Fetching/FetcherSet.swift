/// One peer's fetchers by their ids. Nearly all peers have a few, for which a list is smallest and quick enough; for more
/// there is an index beside it.
struct FetcherSet {
    /// In no order.
    private var list: ContiguousArray<Fetcher> = []
    /// Where each one stands in the list; empty while that is short.
    private var places: [FetchID: Int] = [:]

    /// From this number on there is an index.
    private static let shortest = 9

    var isEmpty: Bool { list.isEmpty }

    /// One of them, which is quick to be removed.
    var last: Fetcher? { list.last }

    /// How many there are.
    var count: Int { list.count }

    func forEach(_ body: (Fetcher) -> Void) { list.forEach(body) }

    private func place(of id: FetchID) -> Int? {
        list.count < Self.shortest ? list.firstIndex { $0.id == id } : places[id]
    }

    /// The fetcher called `id`; one that is set must be called so.
    subscript(id: FetchID) -> Fetcher? {
        get { place(of: id).map { list[$0] } }
        set {
            switch (place(of: id), newValue) {
            case (let place?, let fetcher?): list[place] = fetcher
            case (let place?, nil): remove(at: place, id)
            case (nil, let fetcher?): append(fetcher)
            case (nil, nil): break
            }
        }
    }

    private mutating func append(_ fetcher: Fetcher) {
        list.append(fetcher)
        if list.count == Self.shortest {
            for (place, fetcher) in list.enumerated() { places[fetcher.id] = place }
        } else if list.count > Self.shortest {
            places[fetcher.id] = list.count - 1
        }
    }

    private mutating func remove(at place: Int, _ id: FetchID) {
        let last = list.removeLast()
        places[id] = nil
        if place < list.count {
            list[place] = last
            if !places.isEmpty { places[last.id] = place }
        }
        if list.count < Self.shortest { places = [:] }
        if list.isEmpty { list = [] }
    }
}
