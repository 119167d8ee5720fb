import Synchronization
import Testing

@testable import Jet

@Suite("Elements: who serves", .timeLimit(.minutes(1)))
struct ElementHandleTests {
    private func request(_ number: Int) -> RoutedRequest {
        RoutedRequest(epoch: 1, id: Array("\(number)".utf8), params: [])
    }

    @Test("requests that come faster than they are served wait in order, up to a limit")
    func limit() async throws {
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let served = Mutex<[RoutedRequest]>([])
        let element = ElementHandle(id: 1, path: "a", options: []) { request in
            for await _ in gate {}
            served.withLock { $0.append(request) }
        }
        let requests = (0..<ElementHandle.limit).map(request)
        #expect(requests.allSatisfy { element.serve($0) })
        #expect(!element.serve(request(-1)), "there is no room")
        open.finish()
        try await eventually("all are served") { served.withLock { $0.count } == requests.count }
        #expect(served.withLock { $0 } == requests)
        #expect(element.serve(request(-1)), "there is room again")
    }
}
