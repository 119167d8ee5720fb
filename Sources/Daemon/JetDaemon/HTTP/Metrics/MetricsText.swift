/// The text of a response of metrics: OpenMetrics 1.0, or the older format of Prometheus, 0.0.4.
///
/// A family is written at once, so its samples are contiguous, as both formats require.
struct MetricsText {
    /// A format.
    enum Format: Equatable {
        case openMetrics
        case prometheus

        /// The media type.
        var type: String {
            switch self {
            case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
            case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
            }
        }

        /// The format that a client prefers: OpenMetrics, unless it accepts text more. A browser does, which would save
        /// what it cannot show.
        init(accept: [String]) {
            var weights: [String: Double] = [:]
            for entry in accept.joined(separator: ",").lowercased().utf8.split(separator: UInt8(ascii: ",")) {
                let parts = entry.split(separator: UInt8(ascii: ";")).map { String(Substring($0)).filter { $0 != " " } }
                guard let type = parts.first else { continue }
                let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
                weights[type] = max(weight, weights[type] ?? 0)
            }
            let any = weights["*/*"] ?? (weights.isEmpty ? 1 : 0)
            let openMetrics = weights["application/openmetrics-text"] ?? weights["application/*"] ?? any
            let text = weights["text/plain"] ?? weights["text/*"] ?? any
            let readable = max(text, weights["text/html"] ?? 0)
            self = openMetrics > 0 && openMetrics >= readable ? .openMetrics : .prometheus
        }
    }

    /// The kind of a family.
    enum Kind: String {
        case gauge, counter, info
    }

    /// A label: its name, and its value, which may be any text without NUL.
    typealias Label = (name: String, value: String)

    private let format: Format
    private(set) var bytes: [UInt8] = []
    private var sampleName = ""

    init(_ format: Format) { self.format = format }

    /// Begins a family.
    ///
    /// - Parameters:
    ///   - name: Without `_total` or `_info`; it ends with the unit if there is one.
    ///   - help: One sentence of ASCII.
    mutating func family(_ name: String, _ kind: Kind, unit: String? = nil, help: String) {
        switch kind {
        case .gauge: sampleName = name
        case .counter: sampleName = name + "_total"
        case .info: sampleName = name + "_info"
        }
        // The older format has neither units nor infos, and names a family as its samples.
        let isOpen = format == .openMetrics
        let familyName = isOpen ? name : sampleName
        bytes += "# TYPE \(familyName) \(!isOpen && kind == .info ? "gauge" : kind.rawValue)\n".utf8
        if isOpen, let unit { bytes += "# UNIT \(familyName) \(unit)\n".utf8 }
        bytes += "# HELP \(familyName) \(help)\n".utf8
    }

    /// Adds a sample to the family.
    mutating func sample(_ value: String) { sample([], value) }

    /// Adds a sample with labels to the family.
    mutating func sample(_ labels: [Label], _ value: String) {
        bytes += sampleName.utf8
        append(labels: labels)
        bytes.append(UInt8(ascii: " "))
        bytes += value.utf8
        bytes.append(UInt8(ascii: "\n"))
    }

    private mutating func append(labels: [Label]) {
        guard !labels.isEmpty else { return }
        var separator = UInt8(ascii: "{")
        for (name, value) in labels {
            bytes.append(separator)
            bytes += name.utf8
            bytes += "=\"".utf8
            for byte in value.utf8 {
                switch byte {
                case UInt8(ascii: "\\"), UInt8(ascii: "\""): bytes += [UInt8(ascii: "\\"), byte]
                case UInt8(ascii: "\n"): bytes += "\\n".utf8
                default: bytes.append(byte)
                }
            }
            bytes.append(UInt8(ascii: "\""))
            separator = UInt8(ascii: ",")
        }
        bytes.append(UInt8(ascii: "}"))
    }

    /// Adds samples of the family that were rendered before.
    mutating func append(samples: [UInt8]) { bytes += samples }

    /// Ends the text.
    mutating func end() { if format == .openMetrics { bytes += "# EOF\n".utf8 } }
}
