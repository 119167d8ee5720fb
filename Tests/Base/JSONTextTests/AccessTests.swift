import JSONText
import Testing

/// Building values in code and looking into them.
@Suite("Access to values")
struct AccessTests {
    static let value: JSON = [
        "path": "network/eth0", "speed": 1000, "load": 0.25, "up": true, "meta": nil,
        "addresses": ["192.0.2.1", "2001:db8::1"], "limits": ["low": -40, "high": 85],
    ]

    @Test("literals write the value they look like")
    func literals() {
        #expect(
            Self.value.description
                == #"{"path":"network/eth0","speed":1000,"load":0.25,"up":true,"meta":null,"#
                + #""addresses":["192.0.2.1","2001:db8::1"],"limits":{"low":-40,"high":85}}"#)
        #expect(JSON.null.description == "null")
        #expect(([:] as JSON).description == "{}")
        #expect(([] as JSON).description == "[]")
        #expect((-7 as JSON).description == "-7")
        #expect(JSON.string("a\"b\n").description == #""a\"b\n""#)
    }

    @Test("of a literal with a name twice, the last counts")
    func duplicateLiteral() {
        let value = JSON(dictionaryLiteral: ("a", 1), ("b", 2), ("a", 3))
        #expect(value.description == #"{"a":3,"b":2}"#)
        #expect(JSON.Object(dictionaryLiteral: ("a", 1), ("a", 2)).count == 1)
    }

    @Test("subscripts reach in, and find nothing where nothing is")
    func subscripts() {
        #expect(Self.value["path"]?.string == "network/eth0")
        #expect(Self.value["limits"]?["high"]?.int == 85)
        #expect(Self.value["addresses"]?[1]?.string == "2001:db8::1")
        #expect(Self.value["absent"] == nil)
        #expect(Self.value["path"]?["x"] == nil)
        #expect(Self.value["addresses"]?[2] == nil)
        #expect(Self.value["addresses"]?[-1] == nil)
        #expect(Self.value["limits"]?[0] == nil)
        #expect(Self.value["addresses"]?["0"] == nil)
    }

    @Test("a member that is null is there, one that is absent is not")
    func nullAndAbsent() {
        #expect(Self.value["meta"]?.isNull == true)
        #expect(Self.value["absent"]?.isNull == nil)
        #expect(Self.value["meta"] == .some(.null))
    }

    @Test("accessors answer for their own kind only")
    func accessors() {
        let all: [JSON] = [nil, true, 1, 0.5, "s", [1], ["a": 1]]
        #expect(all.map(\.isNull) == [true, false, false, false, false, false, false])
        #expect(all.map(\.bool) == [nil, true, nil, nil, nil, nil, nil])
        #expect(all.map(\.int) == [nil, nil, 1, nil, nil, nil, nil])
        #expect(all.map(\.double) == [nil, nil, 1, 0.5, nil, nil, nil])
        #expect(all.map(\.string) == [nil, nil, nil, nil, "s", nil, nil])
        #expect(all.map(\.array) == [nil, nil, nil, nil, nil, [1], nil])
        #expect(all.map(\.object) == [nil, nil, nil, nil, nil, nil, ["a": 1]])
    }

    @Test("an object's subscript adds, replaces and removes, and keeps the order")
    func objectSubscript() {
        var object: JSON.Object = ["b": 1, "a": 2]
        object["c"] = 3
        object["b"] = nil
        object["a"] = [4]
        object["absent"] = nil
        #expect(JSON.object(object).description == #"{"a":[4],"c":3}"#)
        object["b"] = .null
        #expect(object.map(\.name) == ["a", "c", "b"])
        #expect(object["b"] == .some(.null))
        #expect(object["x"] == nil)
    }

    @Test("an object's names are compared by code points")
    func objectNames() {
        var object: JSON.Object = ["\u{E9}": 1]
        #expect(object["e\u{301}"] == nil)
        object["e\u{301}"] = 2
        #expect(object.count == 2)
        object["\u{E9}"] = nil
        #expect(object.first?.value == 2)
    }

    @Test("an object is a collection of its members")
    func objectCollection() {
        let object: JSON.Object = ["a": 1, "b": 2]
        #expect(object.startIndex == 0)
        #expect(object.endIndex == 2)
        #expect(object[1].name == "b")
        #expect(object.isEmpty == false)
        #expect(JSON.Object().isEmpty)
        #expect(object.reversed().map(\.value) == [2, 1])
    }
}
