internal import CSystemd
internal import Glibc

/// The way into the journal: sd_journal_sendv(3). libsystemd keeps one socket, which is connected to nothing, so a journald
/// that is started anew is found again; while there is none it says nothing (ENOENT), and what is sent is lost.
enum JournalSocket {
    /// Sends a record. Waits while journald takes nothing.
    ///
    /// - Returns: Whether it is on its way.
    static func send(_ record: LogRecord) -> Bool {
        var bytes = record.bytes
        return bytes.withUnsafeMutableBytes { bytes in
            var fields: [iovec] = []
            fields.reserveCapacity(record.ends.count)
            var start = 0
            for end in record.ends {
                let field = UnsafeMutableRawBufferPointer(rebasing: bytes[start..<end])
                fields.append(iovec(iov_base: field.baseAddress, iov_len: field.count))
                start = end
            }
            return sd_journal_sendv(fields, Int32(fields.count)) >= 0
        }
    }

    /// Whether an open file of this process is a stream of the journal: `$JOURNAL_STREAM` names the device and the
    /// inode of that (systemd.exec(5)). If somebody has put another file in its place, what is written is for that.
    static func isStream(_ descriptor: Int32) -> Bool {
        guard let stream = getenv("JOURNAL_STREAM") else { return false }
        return names(descriptor, String(cString: stream))
    }

    /// Whether `DEVICE:INODE` are those of an open file.
    static func names(_ descriptor: Int32, _ stream: String) -> Bool {
        let parts = stream.split(separator: ":", omittingEmptySubsequences: false)
        var status = stat()
        guard parts.count == 2, let device = UInt64(parts[0]), let inode = UInt64(parts[1]),
            fstat(descriptor, &status) == 0
        else { return false }
        return status.st_dev == device && status.st_ino == inode
    }
}
