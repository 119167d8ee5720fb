import JSONText

/// Numeric States as series of metrics: `jet_state_celsius{path="sensors/cpu/temperature",title="CPU"} 48.5`.
///
/// The families are those of `MetricUnit` and `jet_state_value`, so a peer that adds States can add series, but no families.
/// How many series there are, and how long they are, is bounded.
struct StateSeries {
    /// How many there may be.
    static let limit = 10_000
    /// How many bytes they may have.
    private static let byteLimit = 8 << 20
    /// How many fields of an object become series.
    private static let fieldLimit = 64
    /// The longest path or name of a field, in bytes. The path of another one would not be the same if it were cut.
    private static let nameLimit = 1024
    /// How many code points of a title are shown, and of a unit that is not known.
    private static let titleLimit = 100

    private var families: [String: [UInt8]] = [:]
    private var paths: Set<[UInt8]> = []
    private var count = 0
    private var size = 0
    /// How many series were left out because of a bound.
    private(set) var leftOut = 0

    /// Adds the States in the result of a `get`. Those that an earlier result had are there already.
    mutating func add(_ result: [UInt8]) {
        let bytes = result.span.bytes
        var scanner = JSONScanner(bytes)
        var members = JSONMembers()
        do throws(JSONError) {
            guard try scanner.enterArray() else { return }
            repeat {
                _ = try scanner.members(into: &members)
                add(members, bytes)
            } while try scanner.nextElement()
        } catch {
            // It is the daemon's own text.
            return
        }
    }

    private mutating func add(_ entry: borrowing JSONMembers, _ bytes: RawSpan) {
        guard let value = entry.value("value", in: bytes), isNumeric(value, bytes),
            let path = entry.value("path", in: bytes)
        else { return }
        guard path.count <= 2 * Self.nameLimit, count < Self.limit, size < Self.byteLimit else { return leaveOut() }
        let name = Self.text(path, bytes)
        guard Self.isLabel(name) else { return leaveOut() }
        guard paths.insert(Array(name.utf8)).inserted else { return }
        let meta = entry.value("meta", in: bytes)
        let unit = Self.member("unit", of: meta, bytes)
        let known = unit.flatMap { MetricUnit($0) }
        var labels: [MetricsText.Label] = [("path", name)]
        if let title = Self.member("title", of: meta, bytes) { labels.append(("title", title)) }
        if known == nil, let unit { labels.append(("unit", unit)) }
        guard bytes.byte(value.start) == UInt8(ascii: "{") else {
            return add(labels, known, value.of(bytes).string)
        }
        addFields(of: value, labels, known, bytes)
    }

    private mutating func addFields(
        of value: ByteRange, _ labels: [MetricsText.Label], _ unit: MetricUnit?, _ bytes: RawSpan
    ) {
        var fields: [(name: String, value: String)] = []
        var scanner = JSONScanner(bytes, at: value.start)
        do throws(JSONError) {
            guard try scanner.enterObject() else { return }
            repeat {
                let name = try scanner.memberName()
                let field = try scanner.value()
                guard isNumber(field, bytes) else { continue }
                guard fields.count < Self.fieldLimit, name.content.count <= Self.nameLimit else {
                    leaveOut()
                    continue
                }
                let text = name.string(in: bytes)
                guard Self.isLabel(text) else {
                    leaveOut()
                    continue
                }
                // Of two members with one name the last counts.
                fields.removeAll { $0.name.utf8.elementsEqual(text.utf8) }
                fields.append((text, field.of(bytes).string))
            } while try scanner.nextMember()
        } catch {
            return
        }
        for field in fields { add(labels + [("field", field.name)], unit, field.value) }
    }

    private mutating func add(_ labels: [MetricsText.Label], _ unit: MetricUnit?, _ value: String) {
        guard count < Self.limit, size < Self.byteLimit else { return leaveOut() }
        let number: String =
            switch value {
            case "true": "1"
            case "false": "0"
            default: unit?.convert(value) ?? MetricUnit.plain(value)
            }
        let name = unit?.name ?? "value"
        var text = MetricsText(.openMetrics)
        text.sample(labels, number)
        families[name, default: []] += Array("jet_state_\(name)".utf8) + text.bytes
        count += 1
        size += text.bytes.count
    }

    private mutating func leaveOut() { leftOut += 1 }

    /// Writes the families.
    func write(to text: inout MetricsText) {
        for (name, samples) in families.sorted(by: { $0.key < $1.key }) {
            text.family(
                "jet_state_\(name)", .gauge, unit: name == "value" ? nil : name, help: "The value of a State.")
            text.append(samples: samples)
        }
    }

    // MARK: Reading

    private func isNumeric(_ value: ByteRange, _ bytes: RawSpan) -> Bool {
        bytes.byte(value.start) == UInt8(ascii: "{") || isNumber(value, bytes)
    }

    private func isNumber(_ value: ByteRange, _ bytes: RawSpan) -> Bool {
        switch bytes.byte(value.start) {
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "t"), UInt8(ascii: "f"): true
        default: false
        }
    }

    /// A string of JSON.
    private static func text(_ string: ByteRange, _ bytes: RawSpan) -> String {
        var scanner = JSONScanner(bytes, at: string.start)
        return (try? scanner.string())?.string(in: bytes) ?? ""
    }

    /// The beginning of a member of `meta`, if it is a string that can be a label; `nil` otherwise.
    private static func member(_ name: StaticString, of meta: ByteRange?, _ bytes: RawSpan) -> String? {
        guard let meta, bytes.byte(meta.start) == UInt8(ascii: "{") else { return nil }
        var scanner = JSONScanner(bytes, at: meta.start)
        var members = JSONMembers()
        guard (try? scanner.members(into: &members)) != nil, let value = members.value(name, in: bytes),
            bytes.byte(value.start) == UInt8(ascii: "\""), value.count <= 64 << 10
        else { return nil }
        let text = String(String.UnicodeScalarView(Self.text(value, bytes).unicodeScalars.prefix(titleLimit)))
        return isLabel(text) ? text : nil
    }

    /// Whether a text can be the value of a label. Readers take NUL for the end of the text.
    private static func isLabel(_ text: String) -> Bool { !text.utf8.contains(0) && text.utf8.count <= nameLimit }
}
