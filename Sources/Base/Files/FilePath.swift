/// The path of a file, or a part of one: bytes as the kernel has them, which need not be UTF-8.
///
/// Names that the system reports (of files, links to them, mount points, network links, devices) stay in this type until
/// they are passed to a system call: a `String` would replace what is not UTF-8, and name another file. For people and for
/// the bus there is `text`.
///
///     let type = try HostFile.text("\(folder)/\(name)/type")
package struct FilePath: Hashable, Sendable {
    /// The bytes, without the NUL at the end.
    package let bytes: [UInt8]

    /// The path of these bytes.
    package init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

    /// The path that is written so.
    package init(_ text: some StringProtocol) { bytes = Array(text.utf8) }

    /// The path as text: each byte that is not part of valid UTF-8 is written as `%` and two hexadecimal digits, as in
    /// the paths of the bus. `/mnt/cass%E9` is the byte E9 after `/mnt/cass`.
    package var text: String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        var text = ""
        var rest = bytes[...]
        while let first = rest.first {
            let length = (1...4).first { $0 <= rest.count && Self.isScalar(rest.prefix($0)) }
            text += length.map { String(decoding: rest.prefix($0), as: UTF8.self) } ?? Self.escape(first)
            rest = rest.dropFirst(length ?? 1)
        }
        return text
    }

    private static func isScalar(_ bytes: ArraySlice<UInt8>) -> Bool {
        String(validating: bytes, as: UTF8.self)?.unicodeScalars.count == 1
    }

    private static func escape(_ byte: UInt8) -> String {
        (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
    }

    /// Passes the path to a system call.
    package func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        (bytes + [0]).withUnsafeBytes { buffer in
            // The buffer has at least the NUL, and CChar has the size and the alignment of a byte.
            body(buffer.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: CChar.self))
        }
    }
}

// MARK: - Parts

extension FilePath {
    private static let slash = UInt8(ascii: "/")

    /// The names that the path consists of.
    package var parts: [FilePath] { bytes.split(separator: Self.slash).map { FilePath($0) } }

    /// The last name; empty for the root.
    package var name: FilePath { parts.last ?? FilePath([]) }

    /// The folder that holds the file; `nil` if the path has no slash.
    package var folder: FilePath? {
        bytes.lastIndex(of: Self.slash).map { FilePath($0 == 0 ? bytes[...0] : bytes[..<$0]) }
    }

    /// Whether the path has no bytes.
    package var isEmpty: Bool { bytes.isEmpty }

    /// Whether the path begins with these bytes.
    package func hasPrefix(_ prefix: FilePath) -> Bool { bytes.starts(with: prefix.bytes) }

    /// Whether the path ends with these bytes.
    package func hasSuffix(_ suffix: FilePath) -> Bool { bytes.suffix(suffix.bytes.count) == suffix.bytes[...] }

    /// The path without its first `count` bytes.
    package func dropFirst(_ count: Int) -> FilePath { FilePath(bytes.dropFirst(count)) }

    /// The path without its last `count` bytes.
    package func dropLast(_ count: Int) -> FilePath { FilePath(bytes.dropLast(count)) }

    /// Both, one behind the other.
    package static func + (left: FilePath, right: FilePath) -> FilePath { FilePath(left.bytes + right.bytes) }
}

extension FilePath: Comparable {
    /// By the bytes.
    package static func < (left: FilePath, right: FilePath) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

// MARK: - Writing paths in source code

extension FilePath: ExpressibleByStringInterpolation {
    /// A path that is written down.
    package init(stringLiteral text: String) { self.init(text) }

    /// A path that is written down, with others in it.
    package init(stringInterpolation: Interpolation) { self.init(stringInterpolation.bytes) }

    /// Puts a path together.
    package struct Interpolation: StringInterpolationProtocol {
        fileprivate var bytes: [UInt8] = []

        package init(literalCapacity: Int, interpolationCount: Int) { bytes.reserveCapacity(literalCapacity) }

        package mutating func appendLiteral(_ text: String) { bytes += text.utf8 }
        package mutating func appendInterpolation(_ path: FilePath) { bytes += path.bytes }
        package mutating func appendInterpolation(_ text: some StringProtocol) { bytes += text.utf8 }
        package mutating func appendInterpolation(_ number: some BinaryInteger) { bytes += String(number).utf8 }
    }
}

extension DefaultStringInterpolation {
    /// A path in a text is one for people: say so.
    @available(*, deprecated, message: "write `path.text` in a text for people; a path is made of paths")
    package mutating func appendInterpolation(_ path: FilePath) { appendInterpolation(path.text) }
}
