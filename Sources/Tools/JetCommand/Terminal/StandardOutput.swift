import Glibc

/// Standard output, for data. Standard error, for everything else, is `say(_:)`.
enum StandardOutput {
    /// The reader has closed the output. `jet` then exits with 0.
    struct Closed: Error {}

    /// Writes all of `text`.
    ///
    /// - Throws: `Closed` if the reader has closed the output; `Failure` for other errors, such as a full disk.
    static func write(_ text: String) throws {
        var text = text
        try text.withUTF8 { try write(UnsafeRawBufferPointer($0)) }
    }

    /// Writes `lines`, each with its end of line.
    static func write(lines: some Sequence<String>) throws {
        var chunk = ""
        for line in lines {
            chunk += line
            chunk += "\n"
            if chunk.utf8.count >= 1 << 16 {
                try write(chunk)
                chunk = ""
            }
        }
        if !chunk.isEmpty { try write(chunk) }
    }

    private static func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Glibc.write(STDOUT_FILENO, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count >= 0 {
                rest = rest.dropFirst(count)
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN: waitUntilWritable()
            case EPIPE, EIO: throw Closed()
            default:
                throw Failure(.refused, "Cannot write the output: \(String(cString: strerror(errno))).")
            }
        }
    }

    private static func waitUntilWritable() {
        var descriptor = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
        poll(&descriptor, 1, -1)
    }

    /// Blocks until the reader closes the output.
    static func waitUntilClosed() {
        // Without requested events, poll(2) reports only errors and hang-ups.
        var descriptor = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
        while poll(&descriptor, 1, -1) < 0, errno == EINTR {}
    }

    /// Makes write(2) to a closed output fail, instead of SIGPIPE terminating the process.
    static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

    /// Writes a line to standard error. Errors are ignored.
    static func say(_ text: String) {
        var line = text + "\n"
        line.withUTF8 { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
