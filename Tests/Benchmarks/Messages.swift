/// The messages that the benchmarks send, rendered ahead: about 100 bytes each, as those of a device are.
enum Messages {
    /// A path as a device has them.
    static func path(_ index: Int) -> String { "bench/states/\(padded(index))/value" }

    /// Six digits.
    static func padded(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }

    /// A value of 31 bytes.
    static func value(_ number: Int) -> String { #"{"temperature":2\#(number % 10).5,"unit":"C"}"# }

    static func add(_ index: Int, value: String? = nil) -> [UInt8] {
        bytes(
            #"{"id":\#(index),"method":"add","params":{"path":"\#(path(index))","value":\#(value ?? Self.value(index))}}"#
        )
    }

    static func remove(_ index: Int) -> [UInt8] {
        bytes(#"{"id":\#(index),"method":"remove","params":{"path":"\#(path(index))"}}"#)
    }

    static func change(_ index: Int, value: String) -> [UInt8] {
        bytes(#"{"id":\#(index),"method":"change","params":{"path":"\#(path(index))","value":\#(value)}}"#)
    }

    static func set(_ index: Int, value: String) -> [UInt8] {
        bytes(#"{"id":\#(index),"method":"set","params":{"path":"\#(path(index))","value":\#(value)}}"#)
    }

    /// A fetch of its own id.
    ///
    /// - Parameter rule: Members of the params.
    static func fetch(_ id: Int, _ rule: String) -> [UInt8] {
        bytes(#"{"id":\#(id),"method":"fetch","params":{"id":"f\#(id)",\#(rule)}}"#)
    }

    static func unfetch(_ id: Int) -> [UInt8] {
        bytes(#"{"id":\#(id),"method":"unfetch","params":{"id":"f\#(id)"}}"#)
    }

    /// Any request.
    ///
    /// - Parameter params: The text of them.
    static func request(_ method: String, _ params: String) -> [UInt8] {
        bytes(#"{"id":1,"method":"\#(method)","params":\#(params)}"#)
    }

    static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    /// The rule of a fetch for all States of the benchmarks.
    static let everything = #""path":{"startsWith":"bench/states/"}"#
}

/// Random numbers that are the same each time; Donald Knuth's MMIX generator.
struct Numbers {
    private var state: UInt64 = 7

    /// A number from 0 up to, not including, `bound`.
    mutating func next(below bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(truncatingIfNeeded: (state >> 32) % UInt64(bound))
    }
}
