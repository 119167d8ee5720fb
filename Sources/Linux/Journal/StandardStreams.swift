internal import Glibc

/// The standard streams of a program that was started without some of them.
///
/// Otherwise the next files that it opens would get their numbers, and output and log entries would be written to these:
/// to the connection of a peer, for example.
public enum StandardStreams {
    /// Opens /dev/null for each stream that is closed. Must be called before any other file is opened.
    public static func fill() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            // open(2) returns the lowest free number.
            _ = open("/dev/null", O_RDWR)
        }
    }
}
