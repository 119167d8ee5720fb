import JSONText
import JetProtocol
import Testing

@testable import Jet

@Suite("Errors")
struct JetErrorTests {
    @Test(
        "the data of each row of jet-protocol(7) §5 is a refusal with a name",
        arguments: [
            (#"{"pathNotExists":"a"}"#, .pathNotExists("a")), (#"{"pathAlreadyExists":"a"}"#, .pathAlreadyExists("a")),
            (#"{"foreignPath":"a"}"#, .foreignPath("a")), (#"{"fetchOnly":"a"}"#, .fetchOnly("a")),
            (#"{"noAccess":"a"}"#, .noAccess("a")), (#"{"notAState":"a"}"#, .notAState("a")),
            (#"{"notAMethod":"a"}"#, .notAMethod("a")), (#"{"missingParam":"value","got":{}}"#, .missingParam("value")),
            (#"{"wrongType":"value","got":{}}"#, .wrongType("value")), (#"{"fetchIdInUse":7}"#, .fetchIdInUse(7)),
            (#"{"fetchIdUnknown":"f"}"#, .fetchIdUnknown("f")), (#"{"invalidUser":true}"#, .invalidUser),
            (#"{"invalidPassword":true}"#, .invalidPassword),
            (#"{"alreadyFetching":true}"#, .alreadyFetching),
            (
                #"{"badRule":{"at":"value.lessThen","reason":"unknown"}}"#,
                .badRule(at: "value.lessThen", reason: "unknown")
            ),
            (#"{"ownerGone":"a"}"#, .ownerGone("a")), (#"{"limit":"elements","max":10}"#, .limit("elements", max: 10)),
        ] as [(String, Refusal)])
    func refusals(_ data: String, _ refusal: Refusal) throws {
        let error = JetError(.invalidParams, "Invalid params", data: try JSON(parsing: data))
        #expect(error.refusal == refusal)
        #expect(error.description.contains(refusal.description))
    }

    @Test("other data is no refusal", arguments: ["null", "[]", "{}", #"{"pathNotExists":1}"#, #"{"x":"y"}"#])
    func noRefusal(_ data: String) throws {
        #expect(Refusal(try JSON(parsing: data)) == nil)
    }

    @Test("codes of the wire have numbers, those of this side have names")
    func codes() {
        #expect(JetError.Code.responseTimeout.number == -32001)
        #expect(JetError.Code.other(-32001) == .responseTimeout)
        #expect(JetError.Code(.limitExceeded) == .limitExceeded)
        #expect(JetError.Code.timeout.number == nil)
        #expect("\(JetError.Code.timeout) \(JetError.Code.ownerGone)" == "timeout -32002")
    }

    @Test("an error goes over the wire and comes back the same")
    func roundTrip() throws {
        let error = JetError(.other(17), "no", data: ["x": [1.5, nil]])
        let back = JetError(ErrorObject(from: try JSON(parsing: error.object.text)))
        #expect(back.code == error.code && back.message == error.message && back.data == error.data)
    }

    @Test("an internal error always has data on the wire: node-jet's peer looks into it without asking")
    func internalError() {
        let free: JSON = ["free": 0]
        #expect(JetError(.internalError, "no disk").object.data == JSON.string("no disk").text)
        #expect(JetError(.internalError, "no disk", data: free).object.data == free.text)
        #expect(JetError(.other(17), "no").object.data == nil)
    }

    @Test(
        "whatever a daemon calls an error is one", arguments: ["1", "{}", "null", #"{"code":"x"}"#, #"{"code":1e99}"#])
    func oddities(_ text: String) throws {
        #expect(JetError(ErrorObject(from: try JSON(parsing: text))).code == .internalError)
    }
}
