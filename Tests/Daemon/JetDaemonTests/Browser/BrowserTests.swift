import Glibc
import JSONText
import JetDaemon
import JetProtocol
import TestSupport
import Testing

/// A page in a real browser as a peer, with nothing but `new WebSocket(url, "jet")`.
@Suite("A page in a browser", .serialized, .timeLimit(.minutes(5)))
struct BrowserTests {
    /// A page that fetches `browser/state`, sets it when it hears of it, and then sets `browser/report` to what it heard.
    private static func page(_ url: String) -> String {
        """
        const heard = []
        const socket = new WebSocket("\(url)", "jet")
        const send = (message) => socket.send(JSON.stringify(message))
        socket.onopen = () => send({id: 1, method: "fetch", params: {id: "f", path: {equals: "browser/state"}}})
        socket.onmessage = (event) => {
            const message = JSON.parse(event.data)
            if (message.method !== "f") return
            heard.push(message.params.event, message.params.value)
            if (message.params.event === "add") {
                send({id: 2, method: "set", params: {path: "browser/state", value: "from the page: é 🚀"}})
            } else {
                send({id: 3, method: "set", params: {path: "browser/report", value: [socket.protocol, heard]}})
            }
        }
        """
    }

    /// A page that tells its server whether it could connect.
    private static func trial(_ url: String) -> String {
        """
        const socket = new WebSocket("\(url)", "jet")
        socket.onopen = () => fetch("/report?open")
        socket.onerror = () => fetch("/report?error")
        """
    }

    @Test(
        "fetches and sets: the set arrives at the owner, and the change at the page",
        .enabled("needs Chromium: apt-get install chromium") { Browser.isThere })
    func peer() async throws {
        try await withDaemon { daemon in
            let owner = try RawPeer(daemon.unix)
            for path in ["state", "report"] {
                let added = try owner.ask(
                    #"{"id":1,"method":"add","params":{"path":"browser/\#(path)","value":"first","timeout":60}}"#)
                #expect(added == #"{"id":1,"result":true}"#)
            }
            let server = try PageServer(Self.page("\(daemon.webSocket)"))
            defer { server.stop() }
            let browser = try Browser("http://127.0.0.1:\(server.port)/", in: daemon.folder)
            defer { try? browser.end() }

            let set = try owner.hearValue()
            #expect(set["method"] == "browser/state")
            let value = try #require(set["params"]?["value"])
            #expect(value == "from the page: é 🚀")
            let answer: JSON = ["id": set["id"] ?? nil, "result": true]
            let change: JSON = ["method": "change", "params": ["path": "browser/state", "value": value]]
            try owner.say(JSON.array([answer, change]).description)

            let report = try owner.hearValue()
            #expect(report["method"] == "browser/report")
            #expect(report["params"]?["value"] == ["jet", ["add", "first", "change", value]])
        }
    }

    @Test(
        "a page from elsewhere is refused, unless its origin is allowed",
        .enabled("needs Chromium: apt-get install chromium") { Browser.isThere },
        arguments: [false, true])
    func origin(isAllowed: Bool) async throws {
        try await withFolder { folder in
            try await onOwnThread {
                // The page has to know the daemon's port, and the daemon the page's: one of them is chosen beforehand.
                let socket = "\(folder)/jet.sock"
                let port = try PageServer.freePort()
                let server = try PageServer(Self.trial("ws://127.0.0.1:\(port)"))
                defer { server.stop() }
                let origin = "http://panel.example:\(server.port)"
                let allowed = isAllowed ? ["--ws-allow-origin", origin] : []
                let jetd = try Jetd(["--unix-path", socket, "--ws-port", "\(port)"] + allowed)
                let browser = try Browser("\(origin)/", in: folder, names: ["panel.example"])
                defer { try? browser.end() }
                try eventually(within: 60) { !server.reports.isEmpty }
                #expect(server.reports == [isAllowed ? "open" : "error"])
                #expect(jetd.errors.contains(origin) == !isAllowed)
            }
        }
    }
}
