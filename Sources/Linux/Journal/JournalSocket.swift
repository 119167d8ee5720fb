internal import CSystemd
internal import Glibc

/// Sends entries to the journal with sd_journal_sendv(3). libsystemd uses one unconnected socket, so it reaches journald after
/// a restart; while journald does not run, it reports no error (ENOENT) and the entries are lost.
enum JournalSocket {
    /// Sends a record. Blocks while journald does not accept it.
    ///
    /// - Returns: Whether it was sent.
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

    /// Whether an open file of this process is connected to the journal: `$JOURNAL_STREAM` has the device and the inode of
    /// that stream (systemd.exec(5)), which differ if the file was redirected.
    static func isStream(_ descriptor: Int32) -> Bool {
        guard let stream = getenv("JOURNAL_STREAM") else { return false }
        return names(descriptor, String(cString: stream))
    }

    /// Whether an open file has this `DEVICE:INODE`.
    static func names(_ descriptor: Int32, _ stream: String) -> Bool {
        let parts = stream.split(separator: ":", omittingEmptySubsequences: false)
        var status = stat()
        guard parts.count == 2, let device = UInt64(parts[0]), let inode = UInt64(parts[1]),
            fstat(descriptor, &status) == 0
        else { return false }
        return status.st_dev == device && status.st_ino == inode
    }
}
