"""The measuring side of `packaging/slow-subscriber`: its arguments are the program jetd and the number of changes."""

import json, os, socket, statistics, struct, subprocess, sys, tempfile, threading, time

STATES = 100
ROUNDS = 5
KINDS = ["no subscriber", "one that reads", "one that has stopped"]


class Peer:
    """A peer on a unix socket: JSON behind a length of four bytes."""

    def __init__(self, path, receive_buffer=None):
        self.socket = socket.socket(socket.AF_UNIX)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.connect(path)
        self.input = self.socket.makefile("rb", buffering=1 << 20)

    def send(self, **message):
        self.socket.sendall(frame(message))

    def hear(self):
        return json.loads(self.input.read(struct.unpack(">I", self.input.read(4))[0]))

    def ask(self, method, **params):
        """Sends a request and waits for its answer; what comes before that is left out."""
        self.send(id="ask", method=method, params=params)
        while True:
            message = self.hear()
            if message.get("id") == "ask":
                return message["result"]


def frame(message):
    text = json.dumps(message, separators=(",", ":")).encode()
    return struct.pack(">I", len(text)) + text


def batches(changes):
    """All changes, rendered before the clock starts: a few megabytes each."""
    batch = bytearray()
    for number in range(1, changes + 1):
        params = {"path": f"state/{number % STATES}", "value": [number, "x" * 32]}
        batch += frame({"method": "change", "params": params})
        if len(batch) > 1 << 22:
            yield bytes(batch)
            batch = bytearray()
    yield bytes(batch)


def memory(pid):
    """Anonymous memory in KiB."""
    fields = dict(line.split(":", 1) for line in open(f"/proc/{pid}/status"))
    return int(fields["RssAnon"].split()[0])


def processor_time(pid):
    """Seconds that the daemon has had of a processor: unlike the clock's, they do not depend on who else is busy."""
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def read_on(subscriber, changes):
    """Reads until the newest value of each state is there: how many notifications that took."""
    newest, heard = {}, 0
    while len(newest) < STATES or min(newest.values()) <= changes - STATES:
        params = subscriber.hear().get("params", {})
        number = params["value"][0]
        assert number > newest.get(params["path"], -1), "an older value after a newer one"
        newest[params["path"]] = number
        heard += 1
    return heard


def drain(subscriber):
    while subscriber.socket.recv(1 << 20):
        pass


def measure(jetd, folder, kind, changes, rendered):
    path = f"{folder}/jet.sock"
    daemon = subprocess.Popen([jetd, "--unix-path", path, "--log-level", "error"], stdout=subprocess.PIPE)
    try:
        daemon.stdout.readline()
        publisher = Peer(path)
        for number in range(STATES):
            publisher.ask("add", path=f"state/{number}", value=[0, "x" * 32])
        subscriber = None
        if kind != KINDS[0]:
            subscriber = Peer(path, receive_buffer=4096)
            subscriber.ask("fetch", id="f")
            if kind == KINDS[1]:
                threading.Thread(target=drain, args=[subscriber], daemon=True).start()
        before = memory(daemon.pid)
        start, start_processor = time.perf_counter(), processor_time(daemon.pid)
        for batch in rendered:
            publisher.socket.sendall(batch)
        publisher.ask("echo")
        seconds = time.perf_counter() - start
        processor = processor_time(daemon.pid) - start_processor
        grown = memory(daemon.pid) - before
        figures = publisher.ask("info")["statistics"]
        heard = read_on(subscriber, changes) if kind == KINDS[2] else None
        if subscriber:
            subscriber.socket.shutdown(socket.SHUT_RDWR)
        return (seconds, processor), grown, figures, heard
    finally:
        daemon.terminate()
        daemon.wait()


def main():
    jetd, changes = sys.argv[1], int(sys.argv[2])
    rendered = list(batches(changes))
    seconds = {kind: [] for kind in KINDS}
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        # In turns, so that whatever else this machine does meets all kinds alike.
        for _ in range(ROUNDS):
            for kind in KINDS:
                time_taken, grown, figures, heard = measure(jetd, folder, kind, changes, rendered)
                seconds[kind].append(time_taken)
    print(f"{changes} changes of {STATES} states, median of {ROUNDS}:")
    for kind in KINDS:
        clock, processor = [statistics.median(times) for times in zip(*seconds[kind])]
        print(
            f"  {kind:22} {clock:6.2f} s  {changes / clock:9.0f} changes/s  "
            f"{processor / changes * 1e9:5.0f} ns of the daemon's processor each"
        )
    stopped, reading = [min(time for time, _ in seconds[kind]) for kind in (KINDS[2], KINDS[1])]
    print(f"with one that has stopped the publisher takes {stopped / reading:.2f} times as long as with one that reads")
    print(f"the daemon's memory grew by {grown / 1024:.1f} MiB; bytes waiting {figures['waitingBytes']}")
    print(f"notifications {figures['notifications']}, conflated {figures['conflated']}")
    print(f"the subscriber then read {heard} notifications, and ended with the newest value of each state")


main()
