/// The words that paths are made of.
package enum Slug {
    /// A word in the style of Homie ids: lower-case ASCII letters and digits, anything else between them as one hyphen.
    /// "Package id 0" is `package-id-0`, `cpu_thermal` is `cpu-thermal`; a text without any letter or digit is empty.
    package static func word(_ text: some StringProtocol) -> String {
        var word: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): word.append(byte)
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): word.append(byte | 0x20)
            default: if let last = word.last, last != UInt8(ascii: "-") { word.append(UInt8(ascii: "-")) }
            }
        }
        if word.last == UInt8(ascii: "-") { word.removeLast() }
        return String(decoding: word, as: UTF8.self)
    }

    /// A name that is kept as it is, since people know it so (a network link's): what cannot stand in a path, and `%`,
    /// is written as `%` and two hexadecimal digits. Different names stay different.
    package static func name(_ bytes: some Sequence<UInt8>) -> String {
        var name: [UInt8] = []
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "@"), UInt8(ascii: ":"), UInt8(ascii: "+"):
                name.append(byte)
            default:
                name.append(UInt8(ascii: "%"))
                name.append(digit(byte >> 4))
                name.append(digit(byte & 0xF))
            }
        }
        return String(decoding: name, as: UTF8.self)
    }

    /// Tells apart those of `words` that are the same: each of them gets the suffix that `distinction` gives for its
    /// index, so that what a thing is called does not depend on which came first. What is still the same afterwards is
    /// numbered in order.
    package static func distinct(_ words: [String], by distinction: (Int) -> String?) -> [String] {
        let isRepeated = repeated(in: words)
        let suffixed = words.indices.map { index in
            isRepeated.contains(words[index])
                ? distinction(index).map { words[index] + "-" + $0 } ?? words[index] : words[index]
        }
        let isStillRepeated = repeated(in: suffixed)
        var uses: [String: Int] = [:]
        return suffixed.map { word in
            guard isStillRepeated.contains(word) else { return word }
            uses[word, default: 0] += 1
            return "\(word)-\(uses[word, default: 1])"
        }
    }

    /// Those of `words` that are there more than once.
    private static func repeated(in words: [String]) -> Set<String> {
        var seen: Set<String> = []
        return Set(words.filter { !seen.insert($0).inserted })
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }
}
