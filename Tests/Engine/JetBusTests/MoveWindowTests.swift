import JSONText
import JetProtocol
import TestSupport
import Testing

@testable import JetBus

/// The window of a sorted fetch is moved: jet-protocol(7) §2.6.
@Suite("moveWindow")
struct MoveWindowTests {
    let bus = TestBus()
    let owner: TestPeer
    let viewer: TestPeer

    init() {
        owner = bus.connect()
        viewer = bus.connect()
    }

    /// Adds the States 10, 11, and so on, with these numbers as values.
    private func add(_ numbers: Range<Int>, by owner: TestPeer) {
        for number in numbers { owner.ask("add", ["path": .string("\(number)"), "value": .number(number)]) }
    }

    /// The whole window with the States of these numbers, which begins at `from`.
    private func window(_ numbers: Range<Int>, from: Int) -> JSON {
        let changes = numbers.enumerated().map { index, number in
            ["path": .string("\(number)"), "value": .number(number), "index": .number(from + index)] as JSON
        }
        return ["method": "w", "params": ["n": .number(numbers.count), "changes": .array(changes)]]
    }

    private func move(_ from: Int, _ to: Int) -> JSON { ["id": "w", "from": .number(from), "to": .number(to)] }

    @Test("After the response comes the whole window at its new place, and then its changes")
    func move() {
        add(10..<20, by: owner)
        viewer.ask("fetch", ["id": "w", "sort": ["to": 3]])
        #expect(viewer.received() == [window(10..<13, from: 1)])
        viewer.send(["id": 7, "method": "moveWindow", "params": move(3, 5)])
        #expect(viewer.received() == [["id": 7, "result": true], window(12..<15, from: 3)])
        owner.ask("change", ["path": "10", "value": 10])
        #expect(viewer.received() == [])
        owner.ask("change", ["path": "14", "value": 14])
        #expect(viewer.received().first?["params"]?["changes"] == [["path": "14", "value": 14, "index": 5]])
        owner.ask("remove", ["path": "10"])
        #expect(viewer.received() == [window(13..<16, from: 3)])
    }

    @Test("A window can be moved to where it is, to be empty, behind the end, and back")
    func places() {
        add(10..<14, by: owner)
        viewer.ask("fetch", ["id": "w", "sort": [:]])
        _ = viewer.received()
        for (from, to, numbers) in [
            (1, 10, 10..<14), (3, 2, 0..<0), (1, 0, 0..<0), (4, 9, 13..<14), (5, 9, 0..<0), (1 << 50, 1 << 51, 0..<0),
            (2, 3, 11..<13), (1, 16_384, 10..<14),
        ] {
            #expect(viewer.ask("moveWindow", move(from, to)) == .done)
            #expect(viewer.received() == [window(numbers, from: from)], "from \(from) to \(to)")
        }
    }

    @Test("A notification moves the window without a response; a batch may have several")
    func forms() {
        add(10..<14, by: owner)
        viewer.ask("fetch", ["id": "w", "sort": ["byValue": "number", "to": 1]])
        _ = viewer.received()
        viewer.notify("moveWindow", move(2, 2))
        #expect(viewer.received() == [window(11..<12, from: 2)])
        viewer.send([
            ["id": 1, "method": "moveWindow", "params": move(3, 3)],
            ["method": "moveWindow", "params": move(4, 4)],
        ])
        let expected = [["id": 1, "result": true], window(12..<13, from: 3), window(13..<14, from: 4)]
        #expect(viewer.received() == expected)
        let packed = PackedPeer(of: bus)
        packed.ask("fetch", ["id": "w", "sort": ["to": 1]])
        _ = packed.received()
        packed.send(["id": 2, "method": "moveWindow", "params": move(2, 3)])
        #expect(packed.received() == [["id": 2, "result": true], window(11..<13, from: 2)])
    }

    @Test("The total stays, and comes with the window")
    func total() {
        add(10..<14, by: owner)
        viewer.ask("fetch", ["id": "w", "sort": ["to": 1, "total": true]])
        _ = viewer.received()
        viewer.ask("moveWindow", move(9, 10))
        #expect(viewer.received() == [["method": "w", "params": ["n": 0, "changes": [], "total": 4]]])
    }

    @Test("While the elements are still being sorted, it waits for the first window")
    func duringFill() {
        let bus = TestBus { $0.slice = 2000 }
        let (owner, viewer) = (bus.connect(), bus.connect())
        add(100..<200, by: owner)
        bus.isHoldingWork = true
        viewer.send(["id": 1, "method": "fetch", "params": ["id": "w", "sort": ["to": 2]]])
        viewer.send(["id": 2, "method": "moveWindow", "params": move(50, 51)])
        #expect(viewer.received() == [["id": 1, "result": true]])
        bus.isHoldingWork = false
        bus.deliver()
        #expect(
            viewer.received() == [window(100..<102, from: 1), ["id": 2, "result": true], window(149..<151, from: 50)])
    }

    @Test(
        "It does not wait for the interval; what was held of the former place is not sent, and the interval begins again"
    )
    func interval() {
        add(10..<20, by: owner)
        viewer.ask("fetch", ["id": "w", "interval": 1, "sort": ["to": 2]])
        owner.ask("change", ["path": "10", "value": 10])
        bus.pass(seconds: 0.6)
        #expect(viewer.received() == [window(10..<12, from: 1)])
        viewer.ask("moveWindow", move(4, 5))
        #expect(viewer.received() == [window(13..<15, from: 4)])
        bus.pass(seconds: 0.5)
        owner.ask("change", ["path": "13", "value": 13])
        #expect(viewer.received() == [])
        bus.pass(seconds: 0.4)
        #expect(viewer.received() == [])
        bus.pass(seconds: 0.1)
        #expect(viewer.received() == [window(13..<15, from: 4)])
        bus.pass(seconds: 2)
        #expect(viewer.received() == [])
    }

    @Test("A slow peer gets the window where it was moved last, once", arguments: [nil, 1] as [JSON])
    func slowPeer(interval: JSON) {
        let bus = TestBus { $0.outboxLimit = 400 }
        let (owner, viewer) = (bus.connect(), bus.connect())
        add(10..<40, by: owner)
        viewer.ask("fetch", ["id": "w", "interval": interval, "sort": ["to": 10]])
        _ = viewer.received()
        viewer.isReading = false
        for from in 2..<20 {
            viewer.notify("moveWindow", move(from, from + 4))
            owner.ask("change", ["path": "25", "value": 25])
        }
        viewer.readAll()
        bus.pass(seconds: 3)
        viewer.readAll()
        let notices = viewer.received()
        #expect(notices.last == window(28..<33, from: 19))
        #expect(notices.count < 6)
        #expect(!viewer.isClosing)
        #expect(viewer.ask("moveWindow", move(1, 1)) == nil)
        viewer.readAll()
        #expect(viewer.received().last == window(10..<11, from: 1))
    }

    @Test("The bounds replace those of the rule, and max")
    func max() {
        add(10..<20, by: owner)
        viewer.ask("fetch", ["id": "w", "max": 2, "sort": [:]])
        #expect(viewer.received() == [window(10..<12, from: 1)])
        viewer.ask("moveWindow", move(2, 5))
        #expect(viewer.received() == [window(11..<15, from: 2)])
    }

    @Test("Other fetches, members that are absent or wrong, and too many places are refused, and the window stays")
    func refusals() {
        add(10..<12, by: owner)
        viewer.ask("fetch", ["id": "w", "sort": ["to": 1]])
        viewer.ask("fetch", ["id": "plain"])
        viewer.ask("fetch", ["id": "most", "max": 1])
        _ = viewer.received()
        func refusal(_ id: JSON?, _ from: JSON?, _ to: JSON?) -> JSON? {
            var params = JSON.Object()
            (params["id"], params["from"], params["to"]) = (id, from, to)
            let data = viewer.ask("moveWindow", .object(params))?["error"]?["data"]
            #expect(data?["got"] == nil || data?["got"] == .object(params))
            return data?.without("got")
        }
        for id in ["x", "plain", "most", 1, "W"] as [JSON] { #expect(refusal(id, 1, 1) == ["fetchIdUnknown": id]) }
        #expect(refusal(nil, 1, 1) == ["missingParam": "id"])
        #expect(refusal("w", nil, 1) == ["missingParam": "from"])
        #expect(refusal("w", 1, nil) == ["missingParam": "to"])
        #expect(refusal([1], 1, 1) == ["wrongType": "id"])
        for wrong in [.null, 0, -1, 1.5, "1", true, [], [:]] as [JSON] {
            #expect(refusal("w", wrong, 1) == ["wrongType": "from"])
        }
        for wrong in [.null, -1, 0.5, "1", [1]] as [JSON] { #expect(refusal("w", 1, wrong) == ["wrongType": "to"]) }
        #expect(refusal("w", 1, 16_385)?["badRule"]?["at"] == "to")
        #expect(refusal("w", 2, .number(1 << 60))?["badRule"]?["at"] == "to")
        #expect(viewer.ask("moveWindow")?["error"]?["data"]?["missingParam"] == "id")
        viewer.ask("unfetch", ["id": "w"])
        #expect(refusal("w", 1, 1) == ["fetchIdUnknown": "w"])
        #expect(viewer.received() == [])
    }

    @Test("A stranger that may read may move windows, others may not")
    func strangers() {
        add(10..<12, by: owner)
        let (reader, stranger) = (bus.connect(permission: .read), bus.connect(permission: .none))
        reader.ask("fetch", ["id": "w", "sort": ["to": 1]])
        #expect(reader.ask("moveWindow", move(2, 2)) == .done)
        #expect(reader.received().last?["params"]?["changes"]?[0]?["path"] == "11")
        #expect(stranger.ask("moveWindow", move(2, 2)) == .refused(["loginRequired": true]))
    }
}
