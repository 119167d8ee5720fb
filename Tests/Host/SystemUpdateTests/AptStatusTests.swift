import Testing

@testable import SystemUpdate

/// What apt tells of its progress.
struct AptStatusTests {
    @Test("lines of apt's progress are told apart")
    func kinds() {
        #expect(
            AptStatus("dlstatus:3:41.7000:Retrieving file 3 of 7")
                == .download(percent: 41.7, text: "Retrieving file 3 of 7"))
        #expect(
            AptStatus("pmstatus:bash:60.0000:Configuring bash (amd64)")
                == .install(package: "bash", percent: 60, text: "Configuring bash (amd64)"))
        #expect(
            AptStatus("pmerror:bash:60.0000:script returned error exit status 1")
                == .failure(package: "bash", text: "script returned error exit status 1"))
        #expect(
            AptStatus("pmconffile:/etc/bash.bashrc:60.0:'/etc/bash.bashrc' '/etc/bash.bashrc.dpkg-new' 1 1")
                == .conffile(path: "/etc/bash.bashrc"))
    }

    @Test("dpkg's own start is about no package")
    func dpkgItself() {
        #expect(
            AptStatus("pmstatus:dpkg-exec:40.0000:Running dpkg")
                == .install(package: nil, percent: 40, text: "Running dpkg"))
    }

    @Test("colons may be in a package's name and in the text")
    func colons() {
        #expect(
            AptStatus("pmerror:libc6:i386:12.5:cannot do this: or that")
                == .failure(package: "libc6:i386", text: "cannot do this: or that"))
    }

    @Test(
        "what is not of the form is nothing",
        arguments: [
            "", "dlstatus", "dlstatus:1", "dlstatus:1:2", "pmstatus:a:soon:text", "media-change: Debian 12:/cdrom/",
            "pmstatus:a:nan:text", "pmstatus:a:inf:text", "unknown:a:1.0:text",
        ])
    func nonsense(line: String) { #expect(AptStatus(line) == nil) }
}
