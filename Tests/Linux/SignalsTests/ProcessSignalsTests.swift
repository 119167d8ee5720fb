import Glibc
import Signals
import Testing

/// Signals that this process sends to itself. Each test has one of its own, since it is the whole process that is sent it.
@Suite(.timeLimit(.minutes(1)))
struct ProcessSignalsTests {
    @Test("A signal that comes before anybody reads is not missed, and ends nothing")
    func early() async {
        let signals = ProcessSignals(SIGUSR1)
        kill(getpid(), SIGUSR1)
        var reader = signals.makeAsyncIterator()
        #expect(await reader.next() == SIGUSR1)
        kill(getpid(), SIGUSR1)
        #expect(await reader.next() == SIGUSR1)
    }

    @Test("Each signal is told by its number")
    func several() async {
        let signals = ProcessSignals(SIGUSR2, SIGWINCH)
        var reader = signals.makeAsyncIterator()
        kill(getpid(), SIGWINCH)
        #expect(await reader.next() == SIGWINCH)
        kill(getpid(), SIGUSR2)
        #expect(await reader.next() == SIGUSR2)
    }

    @Test("Who is cancelled while waiting for one waits no longer")
    func cancellation() async {
        let signals = ProcessSignals(SIGURG)
        let reader = Task {
            for await _ in signals { return true }
            return false
        }
        reader.cancel()
        #expect(await reader.value == false)
    }
}
