import JSONText
import Testing

/// Damaged texts by the hundred thousand. None may end the process, and all readers must say the same of each.
@Suite("Damaged texts")
struct MutationTests {
    /// Seeds, and texts of each: 200,000 in all.
    static let seeds: ClosedRange<UInt64> = 1...20
    static let textsOfASeed = 10_000

    /// Valid texts: messages of the bus, and what is hard in JSON. Short, so that a damage hits something.
    static let corpus: [[UInt8]] =
        [
            #"{"id":7,"method":"change","params":{"path":"host/cpu/temp","value":47.5}}"#,
            #"{"id":"a","method":"add","params":{"path":"m","value":{"on":true},"access":{"setGroups":[]}}}"#,
            #"{"method":"fetch","params":{"id":"f1","path":{"startsWith":"a","caseInsensitive":true}}}"#,
            #"{"method":"f1","params":{"path":"a\/b","event":"change","value":-1.5E+3}}"#,
            #"{"id":1,"result":true}"#,
            #"{"id":null,"error":{"code":-32602,"message":"Invalid params","data":{"pathNotExists":"x"}}}"#,
            #"[{"method":"remove","params":{"path":"\u0000é"}},{"id":2,"method":"info"}]"#,
            #"{"a":1,"\u0061":[2],"a":{"a":{}}}"#,
            #"["\ud83d\ude00","😀","\"\\\/\b\f\n\r\t","é€"]"#,
            #"[0,-0,1.0,1e5,-1E-5,0.10,123456789012345678901234567890]"#,
            #"[[[[]]],{"a":{"b":{}}},[{},[],""]]"#,
            " {\t\"a\" :\n[ true , false , null ]\r} ",
            #""a string of more than sixteen bytes, \u00e9""#,
            "-12.5e-7",
            "null",
        ].map { Array($0.utf8) }

    @Test("neither trap nor divide the readers", arguments: seeds)
    func damaged(_ seed: UInt64) {
        var mutator = Mutator(seed: seed)
        var accepted = 0
        for number in 0..<Self.textsOfASeed {
            let text = mutator.damaged(Self.corpus)
            if let complaint = Self.complaint(about: text, accepted: &accepted) {
                Issue.record("seed \(seed), text \(number), \(text): \(complaint)")
            }
        }
        // A mutator whose texts are all refused would test little, and so would one whose texts are all accepted.
        #expect(accepted > Self.textsOfASeed / 50)
        #expect(accepted < Self.textsOfASeed / 2)
    }

    /// What the readers do wrong with `text`, if anything.
    private static func complaint(about text: [UInt8], accepted: inout Int) -> String? {
        let scanned = Readers.scan(text)
        let parsed = Readers.parse(text)
        let walked = Readers.walk(text)
        if let noted = membersOfObject(text), noted != scanned { return "noted members say \(noted), scan \(scanned)" }
        switch (scanned, parsed, walked) {
        case (.success, .success(let tree), .success(let walk)):
            accepted += 1
            guard tree == walk else { return "the tree is \(tree), the walk \(walk)" }
            guard Readers.parse(tree.text) == parsed else { return "does not survive as \(tree)" }
            return nil
        case (.failure(let scan), .failure(let tree), .failure(let walk)):
            return scan == tree && scan == walk ? nil : "refused differently: \(scan), \(tree), \(walk)"
        default: return "scan \(scanned), tree \(parsed), walk \(walked)"
        }
    }

    /// What `members(into:)` says of a text that begins as an object.
    private static func membersOfObject(_ text: [UInt8]) -> Result<ByteRange, JSONError>? {
        guard text.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) == UInt8(ascii: "{") else { return nil }
        return Readers.exactly(text) { bytes in
            do throws(JSONError) {
                var scanner = JSONScanner(bytes)
                var members = JSONMembers()
                let range = try scanner.members(into: &members)
                try scanner.end()
                // Which of the names has escapes, and which value counts, is for other tests: here it must end well.
                _ = members.value("path", in: bytes)
                return .success(range)
            } catch {
                return .failure(error)
            }
        }
    }
}
