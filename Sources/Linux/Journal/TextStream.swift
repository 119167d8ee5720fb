internal import Glibc

/// A file, pipe or terminal that lines are written to.
enum TextStream {
    /// Writes a record, in one go if the system takes that much.
    ///
    /// - Returns: Whether it is written.
    static func write(_ record: LogRecord, to descriptor: Int32) -> Bool {
        record.bytes.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                let count = Glibc.write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
                if count >= 0 {
                    done += count
                } else if errno == EAGAIN {
                    // Whoever shares it with us does not want to wait. We do.
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
