import Glibc

/// Looks up users and groups of the system by name. This may block, so it must not run on the event loop.
enum SystemNames {
    /// The number of a user, which can also be written as a number; `nil` if there is no such user.
    static func user(_ name: String) -> uid_t? {
        uid_t(name)
            ?? lookUp { buffer, size in
                var entry = passwd()
                var found: UnsafeMutablePointer<passwd>?
                let code = getpwnam_r(name, &entry, buffer, size, &found)
                return (code, found == nil ? nil : entry.pw_uid)
            }
    }

    /// The number of a group, which can also be written as a number; `nil` if there is no such group.
    static func group(_ name: String) -> gid_t? {
        gid_t(name)
            ?? lookUp { buffer, size in
                var entry = Glibc.group()
                var found: UnsafeMutablePointer<Glibc.group>?
                let code = getgrnam_r(name, &entry, buffer, size, &found)
                return (code, found == nil ? nil : entry.gr_gid)
            }
    }

    /// Calls `body` with a buffer, and with larger ones while it does not suffice: a group can have many members.
    private static func lookUp<ID>(_ body: (UnsafeMutablePointer<CChar>, Int) -> (code: Int32, id: ID?)) -> ID? {
        var size = 1024
        while size <= 1 << 24 {
            let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: size)
            defer { buffer.deallocate() }
            let (code, id) = body(buffer, size)
            switch code {
            case ERANGE: size *= 4
            case EINTR: continue
            default: return id
            }
        }
        return nil
    }
}
