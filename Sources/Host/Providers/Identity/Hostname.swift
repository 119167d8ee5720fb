internal import AgentCore
/// What a host may be called, by RFC 1123: words of letters, digits and hyphens, joined by dots.
enum Hostname {
    /// The kernel's HOST_NAME_MAX.
    static let longest = 64
    private static let longestWord = 63

    /// Why `name` is none; `nil` if it is one.
    static func fault(in name: String) -> String? {
        if name.isEmpty { return "must not be empty" }
        if name.utf8.count > longest { return "must not be longer than \(longest) bytes" }
        for word in name.split(separator: ".", omittingEmptySubsequences: false) {
            if word.isEmpty { return "must not have a dot at its beginning or end, nor two in a row" }
            if word.utf8.count > longestWord { return "must not have a word of more than \(longestWord) letters" }
            if word.hasPrefix("-") || word.hasSuffix("-") {
                return "must not have a hyphen at the beginning or end of a word"
            }
            guard word.utf8.allSatisfy(isAllowed) else {
                return "must be made of the letters a to z, digits, hyphens and dots"
            }
        }
        return nil
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
