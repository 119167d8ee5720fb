import Testing

/// What a classic peer says and hears, to the byte. A script of ten lines in any language can do the same.
@Suite("A classic peer's conversation", .timeLimit(.minutes(5)))
struct ConversationTests {
    @Test("is the same bytes on a unix socket and on TCP", arguments: [true, false])
    func conversation(byUnixSocket: Bool) async throws {
        try await withDaemon { daemon in
            try Conversation(Self.lamp).play(at: byUnixSocket ? daemon.unix : daemon.tcp)
        }
    }

    static let lamp = #"""
        # A lamp says who it is, and adds a State and a Method.
        lamp > 00000033 {"id":1,"method":"config","params":{"name":"lamp"}}
        lamp < 00000016 {"id":1,"result":true}
        lamp > 00000041 {"id":2,"method":"add","params":{"path":"lamp/on","value":false}}
        lamp < 00000016 {"id":2,"result":true}
        lamp > 0000004C {"jsonrpc":"2.0","id":"three","method":"add","params":{"path":"lamp/blink"}}
        lamp < 0000001C {"id":"three","result":true}

        # A user fetches: first the response, then what is there.
        user > 0000004C {"id":1,"method":"fetch","params":{"id":"#1","path":{"startsWith":"lamp/"}}}
        user < 00000016 {"id":1,"result":true}
        user < 00000047 {"method":"#1","params":{"path":"lamp/on","event":"add","value":false}}
        user < 0000003C {"method":"#1","params":{"path":"lamp/blink","event":"add"}}

        # It sets the State. The lamp answers and changes it, in one batch.
        user > 00000040 {"id":2,"method":"set","params":{"path":"lamp/on","value":true}}
        lamp < 0000003C {"id":"16777216","method":"lamp/on","params":{"value":true}}
        lamp > 0000005C [{"id":"16777216","result":{}},{"method":"change","params":{"path":"lamp/on","value":true}}]
        user < 00000014 {"id":2,"result":{}}
        user < 00000049 {"method":"#1","params":{"path":"lamp/on","event":"change","value":true}}

        # It calls the Method, once with success and once without; a notification is called, too, and nobody answers.
        user > 00000042 {"id":3,"method":"call","params":{"path":"lamp/blink","args":[3]}}
        lamp < 00000034 {"id":"33554432","method":"lamp/blink","params":[3]}
        lamp > 00000020 {"id":"33554432","result":false}
        user < 00000017 {"id":3,"result":false}
        user > 00000037 {"id":4,"method":"call","params":{"path":"lamp/blink"}}
        lamp < 00000033 {"id":"50331648","method":"lamp/blink","params":{}}
        lamp > 00000043 {"id":"50331648","error":{"code":7,"message":"the bulb is broken"}}
        user < 0000003A {"id":4,"error":{"code":7,"message":"the bulb is broken"}}
        user > 00000043 {"method":"call","params":{"path":"lamp/blink","args":{"times":1}}}
        lamp < 0000002C {"method":"lamp/blink","params":{"times":1}}

        # What is not there cannot be set; what is there cannot be added again, nor changed by a stranger.
        user > 0000003E {"id":5,"method":"set","params":{"path":"lamp/off","value":1}}
        user < 0000005F {"id":5,"error":{"code":-32602,"message":"Invalid params","data":{"pathNotExists":"lamp/off"}}}
        user > 0000003D {"id":6,"method":"add","params":{"path":"lamp/on","value":1}}
        user < 00000062 {"id":6,"error":{"code":-32602,"message":"Invalid params","data":{"pathAlreadyExists":"lamp/on"}}}
        user > 00000040 {"id":7,"method":"change","params":{"path":"lamp/on","value":1}}
        user < 0000005C {"id":7,"error":{"code":-32602,"message":"Invalid params","data":{"foreignPath":"lamp/on"}}}
        user > 00000017 {"id":8,"method":"dim"}
        user < 0000004A {"id":8,"error":{"code":-32601,"message":"Method not found","data":"dim"}}

        # Numbers keep their digits, strings their bytes, whatever stands between the members. An empty frame says nothing.
        lamp > 00000000 
        lamp > 0000006F { "id" : 4 , "method" : "change" , "params" : { "path" : "lamp\/on" , "value" : [1.50e0, "caf\u00e9", "é"] } }
        lamp < 00000016 {"id":4,"result":true}
        user < 00000060 {"method":"#1","params":{"path":"lamp/on","event":"change","value":[1.50e0, "caf\u00e9", "é"]}}
        user > 0000003E {"id":9,"method":"get","params":{"path":{"equals":"lamp/on"}}}
        user < 00000058 {"id":9,"result":[{"path":"lamp/on","event":"add","value":[1.50e0, "caf\u00e9", "é"]}]}

        # A batch is answered message by message, in its order. What it brings forth comes before the response to it.
        lamp > 000000BB [{"id":5,"method":"fetch","params":{"id":1,"path":{"equals":"lamp/on"}}},{"id":6,"method":"change","params":{"path":"lamp/on","value":null}},{"id":7,"method":"unfetch","params":{"id":1}}]
        lamp < 00000016 {"id":5,"result":true}
        lamp < 0000005A {"method":1,"params":{"path":"lamp/on","event":"add","value":[1.50e0, "caf\u00e9", "é"]}}
        lamp < 00000046 {"method":1,"params":{"path":"lamp/on","event":"change","value":null}}
        lamp < 00000016 {"id":6,"result":true}
        lamp < 00000016 {"id":7,"result":true}
        user < 00000049 {"method":"#1","params":{"path":"lamp/on","event":"change","value":null}}

        # What is removed is told with its last value; what is no longer fetched is not told.
        lamp > 00000036 {"id":8,"method":"remove","params":{"path":"lamp/on"}}
        lamp < 00000016 {"id":8,"result":true}
        user < 00000049 {"method":"#1","params":{"path":"lamp/on","event":"remove","value":null}}
        user > 00000031 {"id":10,"method":"unfetch","params":{"id":"#1"}}
        user < 00000017 {"id":10,"result":true}
        lamp > 00000039 {"id":9,"method":"remove","params":{"path":"lamp/blink"}}
        lamp < 00000016 {"id":9,"result":true}

        # And whether the daemon is there: it says what it hears, byte for byte.
        user > 00000032 {"id":11,"method":"echo","params":[1.50,"\u00e9"]}
        user < 00000022 {"id":11,"result":[1.50,"\u00e9"]}
        """#
}
