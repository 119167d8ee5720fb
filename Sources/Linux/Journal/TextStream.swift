internal import Glibc

/// Writes lines to a file, pipe or terminal.
enum TextStream {
    /// Writes a record, with one system call if possible.
    ///
    /// - Returns: Whether it was written.
    static func write(_ record: LogRecord, to descriptor: Int32) -> Bool {
        record.bytes.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                let count = Glibc.write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
                if count >= 0 {
                    done += count
                } else if errno == EAGAIN {
                    // Another process has made the shared stream nonblocking.
                    var one = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&one, 1, -1)
                } else if errno != EINTR {
                    return false
                }
            }
            return true
        }
    }
}
