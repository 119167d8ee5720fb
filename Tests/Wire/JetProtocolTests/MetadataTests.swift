import JSONText
import JetProtocol
import Testing

/// What an owner says about an element beside its value (jet-protocol(7) §7.1).
@Suite("Metadata")
struct MetadataTests {
    @Test("metadata is read and written by the names of its parts")
    func wire() {
        let json: JSON = ["title": "CPU", "unit": "°C", "datatype": "float", "format": "-40:120:0.5"]
        let metadata = Metadata(title: "CPU", unit: "°C", datatype: .float, format: "-40:120:0.5")
        #expect(Metadata(parsing: json) == metadata)
        #expect(metadata.json == json)
        #expect(Metadata().json == [:])
        #expect(Metadata(unit: "s").json == ["unit": "s"])
    }

    @Test("the datatypes are those of the Homie 5 convention")
    func datatypes() {
        let names = ["integer", "float", "boolean", "string", "enum", "color", "datetime", "duration", "json"]
        #expect(Metadata.Datatype.allCases.map(\.rawValue) == names)
        for name in names { #expect(Metadata(parsing: ["datatype": .string(name)]).datatype?.rawValue == name) }
    }

    @Test("parts that are unknown or of the wrong type are left out")
    func wrong() {
        let json: JSON = ["title": 1, "unit": nil, "datatype": "double", "format": ["a"], "colour": "red"]
        #expect(Metadata(parsing: json) == Metadata())
        #expect(Metadata(parsing: ["a"]) == Metadata())
        #expect(Metadata(parsing: ["title": "T", "unit": 1]) == Metadata(title: "T"))
    }
}
