import JSONText
import TestSupport
import Testing

/// `JSON.Number`: the digits as they were, and what they amount to.
@Suite("Values of numbers")
struct NumberValueTests {
    @Test(
        "int is the whole number, if it is one and fits",
        arguments: [
            ("0", 0), ("-0", 0), ("-0.0", 0), ("0e99999999999999999999", 0), ("1", 1), ("-1", -1), ("1.0", 1),
            ("1.000", 1), ("1e2", 100), ("1E+2", 100), ("100e-2", 1), ("-2.50e1", -25), ("0.001e3", 1),
            ("9007199254740993", 9_007_199_254_740_993), ("9007199254740993.0", 9_007_199_254_740_993),
            ("1e18", 1_000_000_000_000_000_000), ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min),
            ("9223372036854775807.0", Int.max), ("-9223372036854775808.0", Int.min),
            ("-922337203685477580.8e1", Int.min), ("9223372036854775808", nil), ("-9223372036854775809", nil),
            ("9223372036854775808.0", nil), ("-9223372036854775809.0", nil), ("1e19", nil), ("1e400", nil),
            ("1e99999999999999999999", nil), ("0.5", nil), ("-1.5", nil), ("1e-1", nil), ("15e-1", nil),
            ("0.99999999999999999999", nil), ("1.0000000000000000000001", nil), ("1e-400", nil),
            ("123456789012345678901234567890", nil), ("123456789012345678901234567890e-20", nil),
            ("100000000000000000000000e-20", 1000), ("0.00000000000000000000000000007e30", 70),
        ] as [(String, Int?)])
    func int(_ text: String, _ value: Int?) throws {
        #expect(try JSON(parsing: text).int == value)
    }

    @Test(
        "double is the nearest floating-point number",
        arguments: [
            ("0", 0), ("1", 1), ("-2.5", -2.5), ("1e2", 100), ("0.1", 0.1), ("21.5", 21.5),
            ("9007199254740993", 9_007_199_254_740_992), ("1e400", .infinity), ("-1e400", -.infinity), ("1e-400", 0),
            ("1e99999999999999999999", .infinity), ("4.9e-324", .leastNonzeroMagnitude),
            ("1.7976931348623157e308", .greatestFiniteMagnitude), ("0.30000000000000004", 0.1 + 0.2),
        ] as [(String, Double)])
    func double(_ text: String, _ value: Double) throws {
        #expect(try JSON(parsing: text).double == value)
    }

    @Test("minus zero keeps its sign as floating-point number")
    func minusZero() throws {
        #expect(try JSON(parsing: "-0").double?.sign == .minus)
        #expect(JSON.number(-0.0).description == "-0.0")
        #expect(try JSON(parsing: "-0") == 0)
    }

    /// Texts of the same number in each row; numbers of different rows differ.
    static let rows = [
        ["0", "-0", "0.0", "-0.000", "0e5", "0E-99999999999999999999", "-0e99999999999999999999"],
        ["1", "1.0", "1e0", "1E+00", "10e-1", "0.1e1", "0.0001e4", "1000000000000000000000e-21"],
        ["-1", "-1.0", "-10E-1"],
        ["100", "1e2", "1E2", "1.00e+2", "100.000"],
        ["0.1", "1e-1", "0.10", "0.01e1"],
        ["0.1000000000000000055511151231257827", "1000000000000000055511151231257827e-34"],
        ["9007199254740992", "9007199254740992.0", "9.007199254740992e15"],
        ["9007199254740993", "9007199254740993.0", "9007199254740.993e3"],
        ["18446744073709551614"],
        ["18446744073709551615", "18446744073709551615.0"],
        ["123456789012345678901234567890", "1.2345678901234567890123456789e29"],
        ["123456789012345678901234567891"],
        ["1e400", "10e399", "0.1e401"],
        ["1e401"], ["-1e400"], ["1e-400"], ["1e-401"],
        ["1e1000000000000", "10e999999999999"],
    ]

    @Test("are equal where the numbers are, however written, and hashes agree", arguments: rows.indices)
    func equality(_ row: Int) throws {
        for (other, texts) in Self.rows.enumerated() {
            for text in texts {
                for mine in Self.rows[row] {
                    let (left, right) = (try JSON(parsing: mine), try JSON(parsing: text))
                    #expect((left == right) == (row == other), "\(mine) and \(text)")
                    if row == other { #expect(left.hashValue == right.hashValue, "\(mine) and \(text)") }
                }
            }
        }
    }

    @Test("equality carries over, so that a number is the same key in every dictionary")
    func transitive() throws {
        let numbers = try ["9007199254740993", "9007199254740992.0", "9007199254740992"].map(JSON.init(parsing:))
        #expect(numbers[0] != numbers[1])
        #expect(numbers[1] == numbers[2])
        #expect(numbers[0] != numbers[2])
        #expect(Set(try Self.rows.joined().map(JSON.init(parsing:))).count == Self.rows.count)
    }

    @Test(
        "made from floating-point numbers are written by the grammar",
        arguments: [
            (0.0, "0"), (-0.0, "-0.0"), (1.0, "1"), (-3.0, "-3"), (21.5, "21.5"), (0.1, "0.1"),
            (1e14, "100000000000000"),
            (1e15, "1000000000000000.0"), (1e16, "1e+16"), (1e300, "1e+300"), (.leastNonzeroMagnitude, "5e-324"),
            (1.5e-7, "1.5e-07"),
            (.greatestFiniteMagnitude, "1.7976931348623157e+308"), (0.1 + 0.2, "0.30000000000000004"),
        ] as [(Double, String)])
    func fromDouble(_ value: Double, _ text: String) throws {
        let number = JSON.number(value)
        #expect(number.description == text)
        #expect(try JSON(parsing: number.description).double == value)
    }

    @Test("made from any floating-point number come back the same")
    func everyDouble() throws {
        var random = SeededGenerator(seed: 20_250_914)
        for _ in 0..<5000 {
            let value = Double(bitPattern: random.next())
            guard value.isFinite else {
                #expect(JSON.number(value).isNull)
                continue
            }
            let back = try JSON(parsing: JSON.number(value).description)
            #expect(back.double?.bitPattern == value.bitPattern)
            #expect(back == .number(value))
        }
    }

    @Test("infinities and NaN are null, since JSON has no word for them")
    func notFinite() {
        for value in [Double.infinity, -.infinity, .nan, .signalingNaN] {
            #expect(JSON.Number(value) == nil)
            #expect(JSON.number(value).isNull)
        }
    }

    @Test("made from whole numbers of any width are written in full")
    func fromInteger() {
        #expect(JSON.number(Int64.min).description == "-9223372036854775808")
        #expect(JSON.number(UInt64.max).description == "18446744073709551615")
        #expect(JSON.number(UInt8.max).description == "255")
        #expect(JSON.number(Int128.min).description == "-170141183460469231731687303715884105728")
    }
}
