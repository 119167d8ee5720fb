import JSONText
import JetProtocol

/// Reading the text of a message, without doing what it says.
enum Text {
    static var all: [Benchmark] {
        [
            Benchmark(name: "scan a change", operation: "a message", yardstick: .copy) { scale in
                let count = scale(200_000, tiny: 100)
                let messages = (0..<100).map { Messages.change($0, value: Messages.value($0)) }
                let bytes = messages.reduce(0) { $0 + $1.count } / messages.count
                var params = JSONMembers()
                return Run(operations: count, bytesIn: bytes) {
                    var found = 0
                    let start = Clock.now
                    for number in 0..<count {
                        let message = messages[number % messages.count]
                        do throws(JSONError) {
                            var scanner = JSONScanner(message.span.bytes)
                            let parts = try scanner.message(params: &params)
                            try scanner.end()
                            if parts?.method != nil, params.value("path", in: message.span.bytes) != nil { found += 1 }
                        } catch {
                            continue
                        }
                    }
                    let duration = Clock.now - start
                    return found == count ? Double(duration) : .nan
                }
            }
        ]
    }
}
