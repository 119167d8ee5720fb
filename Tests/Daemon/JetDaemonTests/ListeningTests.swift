import Glibc
import JetDaemon
import JetProtocol
import Testing

/// Where a daemon listens, and what it does when it cannot.
@Suite("Listening", .timeLimit(.minutes(5)))
struct ListeningTests {
    @Test("port 0 becomes the port that was chosen, and both transports serve")
    func both() async throws {
        try await withDaemon { daemon in
            guard case .tcp("127.0.0.1", let port) = daemon.tcp else {
                Issue.record("\(daemon.tcp)")
                return
            }
            #expect(port > 0)
            for endpoint in [daemon.unix, daemon.tcp] {
                try expectService(at: endpoint)
            }
        }
    }

    @Test("owner and group may connect to the unix socket, nobody else; the end of the daemon removes it")
    func mode() async throws {
        let path = try await withDaemon { daemon in
            guard case .unix(let path) = daemon.unix else { return "" }
            #expect(status(of: path)?.st_mode == S_IFSOCK | 0o660)
            return path
        }
        #expect(status(of: path) == nil)
    }

    @Test("the socket file of a daemon that was killed is replaced")
    func stale() async throws {
        try await withFolder { folder in
            let path = "\(folder)/jet.sock"
            try leaveSocket(at: path)
            try await serving(.unix(path: path)) { endpoint in
                try expectService(at: endpoint)
            }
        }
    }

    @Test("a socket that is served is left to the one who serves it")
    func served() async throws {
        try await withDaemon { daemon in
            let error = try refusal(of: daemon.unix)
            #expect(error.contains("another daemon uses it"))
            try daemon.expectService()
        }
    }

    @Test("a file that is no socket is left alone")
    func regularFile() async throws {
        try await withFolder { folder in
            let path = "\(folder)/jet.sock"
            let file = open(path, O_CREAT | O_WRONLY, 0o600)
            #expect(write(file, "precious", 8) == 8)
            close(file)
            try await onOwnThread {
                let error = try refusal(of: .unix(path: path))
                #expect(error.contains("a file that is not a socket"))
                #expect(status(of: path)?.st_size == 8)
            }
        }
    }

    @Test("a missing folder is made for its owner alone, or for all if that is root; else it is missed")
    func folder() async throws {
        try await withFolder { folder in
            let path = "\(folder)/run/jet.sock"
            try await onOwnThread {
                let error = try refusal(of: .unix(path: path))
                #expect(error.contains("folder is missing"))
            }
            try await serving(.unix(path: path), makingFolder: true) { _ in
                #expect(status(of: "\(folder)/run")?.st_mode == S_IFDIR | (geteuid() == 0 ? 0o755 : 0o700))
            }
            // It may be there already.
            try await serving(.unix(path: path), makingFolder: true) { _ in }
        }
    }

    @Test("a folder that somebody else could have laid out is not used")
    func foreignFolder() async throws {
        try await withFolder { folder in
            #expect(symlink("/tmp", "\(folder)/run") == 0)
            try await onOwnThread {
                let error = try refusal(of: .unix(path: "\(folder)/run/jet.sock"), makingFolder: true)
                #expect(error.contains("belongs to another user"))
            }
        }
    }

    @Test("a port that is in use is refused with advice")
    func portInUse() async throws {
        try await withDaemon { daemon in
            let error = try refusal(of: daemon.tcp)
            #expect(error.contains("\(daemon.tcp): the port is in use"))
            #expect(error.contains("--tcp-port"))
        }
    }

    @Test("when one endpoint cannot be had, none is open")
    func halfway() async throws {
        try await withDaemon { daemon in
            let path = "\(daemon.folder)/second.sock"
            #expect(throws: DaemonError.self) {
                try block {
                    _ = try await Daemon(
                        configuration: DaemonConfiguration(listeners: [
                            .init(.unix(path: path)), .init(daemon.tcp),
                        ]), logger: .silent
                    ).start()
                }
            }
            #expect(status(of: path) == nil)
            try daemon.expectService()
        }
    }

    @Test("a daemon's end leaves alone what stands where its socket was")
    func replaced() async throws {
        try await withFolder { folder in
            let path = "\(folder)/jet.sock"
            try await serving(.unix(path: path)) { _ in
                unlink(path)
                try leaveSocket(at: path)
            }
            #expect(status(of: path) != nil)
        }
    }
}

/// What the file is, if there is one. Links are not followed.
private func status(of path: String) -> stat? {
    var status = stat()
    return lstat(path, &status) == 0 ? status : nil
}

/// Leaves a socket behind that nobody serves, as a killed daemon does.
private func leaveSocket(at path: String) throws {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    let result = withUnsafeBytes(of: sockaddr_un(path: path)) { bytes in
        bytes.withMemoryRebound(to: sockaddr.self) { bind(descriptor, $0.baseAddress, socklen_t(bytes.count)) }
    }
    guard result == 0 else { throw RawPeer.Failure.system(errno) }
}

/// Runs a daemon at one endpoint.
private func serving(
    _ endpoint: Endpoint, makingFolder: Bool = false, _ body: @escaping @Sendable (Endpoint) throws -> Void
) async throws {
    let daemon = Daemon(
        configuration: DaemonConfiguration(listeners: [.init(endpoint, makesFolder: makingFolder)]), logger: .silent)
    let endpoints = try await daemon.start()
    let result = await Result(catching: { try await onOwnThread { try body(endpoints[0]) } })
    await daemon.stop()
    try result.get()
}

/// What a daemon says that cannot listen there.
private func refusal(of endpoint: Endpoint, makingFolder: Bool = false) throws -> String {
    try block {
        let daemon = Daemon(
            configuration: DaemonConfiguration(listeners: [.init(endpoint, makesFolder: makingFolder)]),
            logger: .silent)
        do {
            _ = try await daemon.start()
            await daemon.stop()
            return "it listens"
        } catch let error as DaemonError {
            return error.description
        }
    }
}
