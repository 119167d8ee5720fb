public import JSONText

/// The place of something inside a value: names and indices, as in `a.b[0].c` (jet-protocol(7) §4.3). Indices count from 0.
///
///     path       = step *( "." name / "[" index "]" / "[" quoted "]" )
///     step       = name / "[" index "]" / "[" quoted "]"
///     name       = 1*( any character but "." "[" "]" )
///     quoted     = a JSON string, for names that hold those
public struct FieldPath: Hashable, Sendable {
    /// One step down.
    public enum Step: Hashable, Sendable {
        /// Into the member of this name, in UTF-8.
        case member([UInt8])
        /// Into the element at this index.
        case element(Int)
    }

    /// The steps, at least one.
    public let steps: [Step]
    /// As it was written.
    public let text: String

    /// Reads a field path.
    ///
    /// - Throws: `RuleError` at `place` if it is not a field path.
    public init(parsing text: String, at place: String) throws(RuleError) {
        let bytes = Array(text.utf8)
        var at = 0
        var steps: [Step] = []
        var needsStep = true
        while at < bytes.count {
            guard steps.count < JSONScanner.maximumDepth || !needsStep && bytes[at] == UInt8(ascii: ".") else {
                throw RuleError(at: place, "has too many steps")
            }
            if bytes[at] == UInt8(ascii: "[") {
                guard !needsStep || steps.isEmpty else { throw RuleError(at: place, "a name is missing after a dot") }
                steps.append(try Self.bracket(bytes, &at, place))
            } else if bytes[at] == UInt8(ascii: "."), !needsStep {
                at += 1
                needsStep = true
                continue
            } else if needsStep {
                let name = bytes[at...].prefix { !Self.ends($0) }
                guard !name.isEmpty else { throw RuleError(at: place, "a name is missing") }
                steps.append(.member(Array(name)))
                at = name.endIndex
            } else {
                throw RuleError(at: place, "needs a dot or a bracket after step \(steps.count)")
            }
            needsStep = false
        }
        guard !needsStep else { throw RuleError(at: place, steps.isEmpty ? "is empty" : "ends in a dot") }
        self.steps = steps
        self.text = text
    }

    /// Whether a byte ends a name.
    private static func ends(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ".") || byte == UInt8(ascii: "[") || byte == UInt8(ascii: "]")
    }

    /// Reads `[0]` or `["name"]`.
    private static func bracket(_ bytes: [UInt8], _ at: inout Int, _ place: String) throws(RuleError) -> Step {
        at += 1
        let step: Step
        if at < bytes.count, bytes[at] == UInt8(ascii: "\"") {
            var scanner = JSONScanner(bytes.span.bytes, at: at)
            guard let name = try? scanner.string() else { throw RuleError(at: place, "a quoted name is not closed") }
            step = .member(name.decoded(in: bytes.span.bytes))
            at = scanner.offset
            guard at < bytes.count, bytes[at] == UInt8(ascii: "]") else {
                throw RuleError(at: place, "a bracket is not closed")
            }
        } else {
            let digits = bytes[at...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            at = digits.endIndex
            guard at < bytes.count, bytes[at] == UInt8(ascii: "]"),
                let index = Int(String(decoding: digits, as: UTF8.self))
            else { throw RuleError(at: place, "a bracket needs an index from 0 or a name in double quotes") }
            step = .element(index)
        }
        at += 1
        return step
    }

    /// Where a field path leads in a value.
    public enum Target: Hashable, Sendable {
        /// To this part of the text.
        case present(ByteRange)
        /// The field is absent, but its parent is there: an object or an array, whether the last step is a name or an index.
        case absent
        /// The parent is absent too, or is neither an object nor an array.
        case nowhere
    }

    /// Finds the field in the text of a value, which must have been scanned.
    public func find(in value: RawSpan) -> Target {
        var meter = WorkMeter()
        return find(in: value, &meter)
    }

    /// Finds the field in the text of a value, which must have been scanned.
    package func find(in value: RawSpan, _ meter: inout WorkMeter) -> Target {
        var range = ByteRange(0, value.byteCount)
        for (place, step) in steps.enumerated() {
            let isLast = place == steps.count - 1
            switch (step, range.isEmpty ? 0 : value.byte(range.start)) {
            case (.member(let name), UInt8(ascii: "{")):
                guard let next = Self.member(name, of: range, in: value, &meter) else {
                    return isLast ? .absent : .nowhere
                }
                range = next
            case (.element(let index), UInt8(ascii: "[")):
                guard let next = Self.element(index, of: range, in: value, &meter) else {
                    return isLast ? .absent : .nowhere
                }
                range = next
            // An object has no elements and an array has no members: the field is absent from a parent that is there.
            case (.member, UInt8(ascii: "[")), (.element, UInt8(ascii: "{")): return isLast ? .absent : .nowhere
            default: return .nowhere
            }
        }
        return .present(range)
    }

    private static func member(
        _ name: [UInt8], of object: ByteRange, in value: RawSpan, _ meter: inout WorkMeter
    ) -> ByteRange? {
        // Of duplicates the last counts, so the whole object is scanned.
        meter.addScan(object.count)
        var scanner = JSONScanner(value, at: object.start)
        var found: ByteRange?
        // The text was scanned, so this does not fail.
        do throws(JSONError) {
            guard try scanner.enterObject() else { return nil }
            repeat {
                let memberName = try scanner.memberName()
                let memberValue = try scanner.value()
                if memberName.isEqual(to: name, in: value) { found = memberValue }
            } while try scanner.nextMember()
        } catch {
            return nil
        }
        return found
    }

    private static func element(
        _ index: Int, of array: ByteRange, in value: RawSpan, _ meter: inout WorkMeter
    ) -> ByteRange? {
        var scanner = JSONScanner(value, at: array.start)
        defer { meter.addScan(scanner.offset - array.start) }
        do throws(JSONError) {
            guard try scanner.enterArray() else { return nil }
            var at = 0
            repeat {
                let element = try scanner.value()
                if at == index { return element }
                at += 1
            } while try scanner.nextElement()
        } catch {
            return nil
        }
        return nil
    }
}

extension JSONStringRange {
    /// Whether the string's value is `other`, in UTF-8.
    func isEqual(to other: [UInt8], in bytes: RawSpan) -> Bool {
        hasEscapes ? decoded(in: bytes) == other : content.of(bytes).isEqual(to: other)
    }
}
