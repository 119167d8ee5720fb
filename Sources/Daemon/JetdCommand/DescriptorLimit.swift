import Glibc

/// The limit of file descriptors of this process, `RLIMIT_NOFILE` of getrlimit(2).
enum DescriptorLimit {
    /// The limit now.
    static var current: Int { Int(clamping: limits.rlim_cur) }

    /// Raises it to the highest one that is permitted.
    static func raise() {
        var limits = limits
        limits.rlim_cur = limits.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits)
    }

    private static var limits: rlimit {
        var limits = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits)
        return limits
    }
}
