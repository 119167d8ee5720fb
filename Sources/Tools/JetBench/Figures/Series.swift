package import JetProtocol

/// What all rounds over one transport have found.
package struct Series: Sendable {
    /// Where the daemon was reached.
    package let endpoint: Endpoint
    /// The figures of each round, in their order.
    package private(set) var rounds: [Figures] = []
    /// The process of the daemon, if it was found.
    package private(set) var pid: Int32?

    /// A series without rounds.
    package init(endpoint: Endpoint) { self.endpoint = endpoint }

    mutating func append(_ figures: Figures, pid: Int32?) {
        rounds.append(figures)
        self.pid = pid
    }

    /// The median of each figure; of the figures that can be found only once, the first.
    package var medians: Figures {
        var medians: Figures = [:]
        for figure in Figure.allCases {
            let values = rounds.compactMap { $0[figure] }
            guard let first = values.first else { continue }
            medians[figure] = figure.countsOnce ? first : Self.median(of: values)
        }
        return medians
    }

    /// The figures in relation to those of another series, medians by medians.
    package func ratios(to other: Series) -> Figures {
        let others = other.medians
        var ratios: Figures = [:]
        for (figure, value) in medians where figure.isCompared {
            if let reference = others[figure], reference > 0 { ratios[figure] = value / reference }
        }
        return ratios
    }

    /// The middle one of some values, or the mean of the two in the middle; 0 of none.
    static func median(of values: [Double]) -> Double {
        guard !values.isEmpty else { return 0 }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
