extension RawSpan {
    /// Whether these bytes are UTF-8 (Unicode, table 3-7). ASCII is checked eight bytes at a time.
    package var isUTF8: Bool {
        var at = 0
        do throws(JSONError) {
            while true {
                while at &+ 8 <= byteCount {
                    let word = unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt64.self)
                    guard word & 0x8080_8080_8080_8080 == 0 else { break }
                    at &+= 8
                }
                // Up to the next word that may be ASCII.
                let end = Swift.min(at &+ 8, byteCount)
                guard at < end else { return true }
                while at < end { at = byte(at) < 0x80 ? at &+ 1 : try multibyteEnd(at) }
            }
        } catch {
            return false
        }
    }
}
