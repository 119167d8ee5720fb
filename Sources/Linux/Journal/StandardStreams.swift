internal import Glibc

/// The *standard streams* of a program that was started without some of them.
///
/// The next files that it opens would get their numbers, and what is printed and logged would go into those: into a
/// peer's connection, say, or into what signals arrive by.
public enum StandardStreams {
    /// Opens /dev/null in place of those that are closed. To be called before anything else is opened.
    public static func fill() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            // It gets the smallest number that is free.
            _ = open("/dev/null", O_RDWR)
        }
    }
}
