import Glibc

/// Standard output, for data. Standard error, for everything else, is `say(_:)`.
enum StandardOutput {
    /// The reader has closed its end: there is nobody to work for. Ends a run quietly, as done.
    struct Closed: Error {}

    /// Writes all of `text`.
    ///
    /// - Throws: `Closed` when the reader is gone; `Failure` when it cannot be written for another reason (a full disk).
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
                throw Failure(.refused, "The output cannot be written: \(String(cString: strerror(errno))).")
            }
        }
    }

    private static func waitUntilWritable() {
        var descriptor = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
        poll(&descriptor, 1, -1)
    }

    /// Blocks until the reader has closed its end; for ever if it never does.
    static func waitUntilClosed() {
        // Asked for nothing, poll tells of errors and hang-ups alone.
        var descriptor = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
        while poll(&descriptor, 1, -1) < 0, errno == EINTR {}
    }

    /// Makes a closed reader an error of `write` instead of the end of the process.
    static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

    /// Writes a line to standard error, for people. If nobody reads it, so be it.
    static func say(_ text: String) {
        var line = text + "\n"
        line.withUTF8 { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
