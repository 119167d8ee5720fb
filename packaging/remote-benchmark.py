#!/usr/bin/env python3
"""The measurements of packaging/remote-benchmark. The first argument is the program jet-multicall."""
import argparse
import json
import os
import re
import selectors
import shutil
import socket
import ssl
import statistics
import struct
import subprocess
import sys
import tempfile
import time

TICKS = os.sysconf("SC_CLK_TCK")
HOST = "127.0.0.1"


def free_port():
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


class Server:
    """A daemon with what belongs to it: the processes whose time and memory count, and the port for each transport."""

    def __init__(self, name, processes, ports):
        self.name, self.processes, self.ports = name, processes, ports

    def cpu(self, transport):
        """Processor time in seconds, of the processes that the transport uses."""
        total = 0
        for process in self.used(transport):
            with open(f"/proc/{process.pid}/stat") as file:
                fields = file.read().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
        return total / TICKS

    def memory(self, transport):
        """Private memory in bytes."""
        total = 0
        for process in self.used(transport):
            with open(f"/proc/{process.pid}/smaps_rollup") as file:
                total += sum(int(line.split()[1]) << 10 for line in file if line.startswith("Private_"))
        return total

    def used(self, transport):
        return self.processes if transport == "tls" else self.processes[:1]

    def stop(self):
        for process in reversed(self.processes):
            process.terminate()
            process.wait()


def start_jet(program, folder, certificate, key):
    links = {}
    for name in ("jetd", "jet-tls", "jet"):
        links[name] = os.path.join(folder, name)
        os.symlink(program, links[name])
    gateway = os.path.join(folder, "gateway.sock")
    users = os.path.join(folder, "users.json")
    subprocess.run([links["jet"], "passwd", "bench", "--file", users], input=b"bench\n", check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    config = os.path.join(folder, "jetd.toml")
    with open(config, "w") as file:
        file.write(f'log-level = "error"\n[users]\nfile = "{users}"\n[limits]\nsilence = 0\n'
                   f'[remote]\ngateways = ["user:{os.getuid()}"]\nanonymous = "read"\n')
    listening, tcp = socket.socket(socket.AF_UNIX), socket.socket()
    listening.bind(gateway)
    tcp.bind((HOST, 0))
    for each in (listening, tcp):
        each.listen(4096)
    ports = {"tcp": tcp.getsockname()[1], "tls": free_port()}
    pid = os.fork()
    if pid == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        first, second = os.dup(listening.fileno()), os.dup(tcp.fileno())
        os.dup2(first, 3)
        os.dup2(second, 4)
        environment = dict(os.environ, LISTEN_PID=str(os.getpid()), LISTEN_FDS="2", LISTEN_FDNAMES="gateway:tcp")
        os.execve(links["jetd"], [links["jetd"], "--config", config], environment)
    jetd = Forked(pid)
    tls_config = os.path.join(folder, "tls.toml")
    with open(tls_config, "w") as file:
        file.write('log-level = "error"\nconnections-per-address = 100000\nhandshakes = 10000\n')
    tls = subprocess.Popen(
        [links["jet-tls"], "--config", tls_config, "--listen", f"{HOST}:{ports['tls']}", "--daemon", gateway,
         "--certificate", certificate, "--key", key],
        stdout=subprocess.DEVNULL)
    return Server("jet", [jetd, tls], ports)


class Forked:
    def __init__(self, pid):
        self.pid = pid

    def terminate(self):
        os.kill(self.pid, 15)

    def wait(self):
        os.waitpid(self.pid, 0)


def start_mosquitto(folder, certificate, key):
    ports = {"tcp": free_port(), "tls": free_port()}
    config = os.path.join(folder, "mosquitto.conf")
    with open(config, "w") as file:
        file.write(f"""per_listener_settings false
allow_anonymous true
max_queued_messages 0
max_inflight_messages 0
set_tcp_nodelay true
log_type error
listener {ports['tcp']} {HOST}
listener {ports['tls']} {HOST}
certfile {certificate}
keyfile {key}
""")
    program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
    return Server("mosquitto", [subprocess.Popen([program, "-c", config])], ports)


# MARK: The two protocols


class Jet:
    """Length-prefixed JSON."""

    @staticmethod
    def frame(**message):
        text = json.dumps(message, separators=(",", ":")).encode()
        return struct.pack(">I", len(text)) + text

    @classmethod
    def own(cls):
        return b"".join(cls.frame(method="add", params={"path": f"bench/{n:02}", "value": 10000000}) for n in range(100))

    @classmethod
    def subscribe(cls):
        return cls.frame(method="fetch", params={"id": "b", "path": {"startsWith": "bench/"}})

    @classmethod
    def changes(cls, first, count):
        return b"".join(
            cls.frame(method="change", params={"path": f"bench/{(first + n) % 100:02}", "value": 10000000 + first + n})
            for n in range(count))

    @staticmethod
    def count(buffer):
        """How many whole messages the buffer has, and what is left of it."""
        at = found = 0
        while len(buffer) - at >= 4:
            length = struct.unpack_from(">I", buffer, at)[0]
            if len(buffer) - at - 4 < length:
                break
            at += 4 + length
            found += 1
        return found, buffer[at:]

    @classmethod
    def log_in(cls):
        return cls.frame(id=0, method="authenticate", params={"user": "bench", "password": "bench"})

    @classmethod
    def serve(cls):
        return cls.frame(method="add", params={"path": "route", "value": 0})

    @classmethod
    def await_answers(cls):
        return b""

    @classmethod
    def requests(cls, first, count):
        return b"".join(
            cls.frame(id=first + n, method="set", params={"path": "route", "value": first + n}) for n in range(count))

    @classmethod
    def answers(cls, messages):
        return b"".join(
            struct.pack(">I", len(text)) + text
            for text in (b'{"id":' + id + b',"result":true}' for id in re.findall(rb'"id":("?[^",}]+"?)', messages)))

    @classmethod
    def round_trip(cls):
        return cls.frame(id=1, method="echo", params={})


class MQTT:
    """MQTT 3.1.1 with QoS 0."""
    hello = bytes([0x10, 16, 0, 4]) + b"MQTT" + bytes([4, 2, 0, 0, 0, 4]) + b"%04d"
    @staticmethod
    def publish(topic, payload):
        body = struct.pack(">H", len(topic)) + topic + payload
        assert len(body) < 128
        return bytes([0x30, len(body)]) + body

    @staticmethod
    def subscription(topic):
        body = struct.pack(">HH", 1, len(topic)) + topic + b"\0"
        return bytes([0x82, len(body)]) + body

    @staticmethod
    def own():
        return b""

    @classmethod
    def subscribe(cls):
        return cls.subscription(b"bench/#")

    @classmethod
    def changes(cls, first, count):
        return b"".join(
            cls.publish(b"bench/%02d" % ((first + n) % 100), b"%d" % (10000000 + first + n)) for n in range(count))

    @staticmethod
    def count(buffer):
        at = found = 0
        while len(buffer) - at >= 2:
            length = buffer[at + 1]
            if len(buffer) - at - 2 < length:
                break
            # Only published messages count.
            found += buffer[at] >> 4 == 3
            at += 2 + length
        return found, buffer[at:]

    @staticmethod
    def log_in():
        return b""

    @classmethod
    def serve(cls):
        return cls.subscription(b"request")

    @classmethod
    def await_answers(cls):
        return cls.subscription(b"answer")

    @classmethod
    def requests(cls, first, count):
        return b"".join(cls.publish(b"request", b"%d" % (first + n)) for n in range(count))

    @classmethod
    def answers(cls, messages):
        return b"".join(cls.publish(b"answer", number) for number in re.findall(rb"request(\d+)", messages))

    round_trip_frame = bytes([0xC0, 0])


# MARK: Connections


class Client:
    def __init__(self, protocol, server, transport, context, session=None):
        self.protocol = protocol
        raw = socket.create_connection((HOST, server.ports[transport]))
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = context.wrap_socket(raw, session=session) if transport == "tls" else raw
        self.left = b""
        self.received = 0
        self.messages = None
        self.output = bytearray()
        if protocol is MQTT:
            Client.number = (Client.number + 1) % 10000
            self.socket.sendall(MQTT.hello % Client.number)
            self.read_exactly(4)

    number = 0

    def read_exactly(self, length):
        data = b""
        while len(data) < length:
            part = self.socket.recv(length - len(data))
            if not part:
                sys.exit("the connection was closed")
            data += part
        return data

    def begin(self):
        self.socket.setblocking(False)
        return self

    def receive(self):
        """Reads what has arrived; returns the whole messages' bytes."""
        try:
            while True:
                data = self.socket.recv(262144)
                if not data:
                    sys.exit(f"{self.protocol.__name__}: the connection was closed")
                buffer = self.left + data
                count, self.left = self.protocol.count(buffer)
                self.received += count
                if self.messages is not None:
                    self.messages += buffer[:len(buffer) - len(self.left)]
                if not isinstance(self.socket, ssl.SSLSocket) or not self.socket.pending():
                    return
        except (BlockingIOError, ssl.SSLWantReadError):
            pass

    def send(self, data=b""):
        self.output += data
        while self.output:
            try:
                sent = self.socket.send(memoryview(self.output)[:65536])
            except (BlockingIOError, ssl.SSLWantWriteError, ssl.SSLWantReadError):
                return
            del self.output[:sent]

    def close(self):
        self.socket.close()


def wait_until(condition, what):
    deadline = time.monotonic() + 60
    while not condition():
        if time.monotonic() > deadline:
            sys.exit(f"waiting for {what} took too long")


def fan_out(protocol, server, transport, context, subscribers, changes):
    """Deliveries per second, and the server's processor time for each, in microseconds."""
    # Strangers behind TLS may only read, so the owner of the States is on the loopback.
    owner = Client(protocol, server, "tcp", context)
    owner.socket.sendall(protocol.own())
    selector = selectors.DefaultSelector()
    clients = [Client(protocol, server, transport, context) for _ in range(subscribers)]
    for client in clients:
        client.socket.sendall(protocol.subscribe())
        client.begin()
        selector.register(client.socket, selectors.EVENT_READ, client)
    owner.begin()

    def pump(timeout=0.05):
        for key, _ in selector.select(timeout):
            key.data.receive()

    # The present values and the answers, which do not count.
    time.sleep(0.3)
    for _ in range(5):
        pump()
    for client in clients:
        client.received = 0
    batch, window, sent = 100, 20, 0
    cpu, start = server.cpu(transport), time.monotonic()
    deadline = start + 120
    while min(client.received for client in clients) < changes:
        slowest = min(client.received for client in clients)
        while sent < changes and sent - slowest < batch * window and not owner.output:
            owner.send(protocol.changes(sent, batch))
            sent += batch
        owner.send()
        pump()
        if time.monotonic() > deadline:
            sys.exit(f"{protocol.__name__} {transport}: only {slowest} of {changes} messages arrived")
    seconds, cpu = time.monotonic() - start, server.cpu(transport) - cpu
    for client in clients + [owner]:
        client.close()
    deliveries = changes * subscribers
    return deliveries / seconds, cpu / deliveries * 1e6


def route(protocol, server, transport, context, count):
    """Requests to a peer that are answered, per second, and the server's processor time for each, in microseconds."""
    owner, caller = (Client(protocol, server, transport, context) for _ in range(2))
    selector = selectors.DefaultSelector()
    for client, first in ((owner, protocol.serve()), (caller, protocol.await_answers())):
        client.socket.sendall(protocol.log_in() + first)
        client.begin()
        selector.register(client.socket, selectors.EVENT_READ, client)
    time.sleep(0.5)
    for client in (owner, caller):
        client.receive()
        client.received = 0
    owner.messages = b""
    sent, window = 0, 200
    cpu, start = server.cpu(transport), time.monotonic()
    while caller.received < count:
        if sent < count and sent - caller.received <= window // 2:
            caller.send(protocol.requests(sent, window // 2))
            sent += window // 2
        for key, _ in selector.select(0.05):
            key.data.receive()
        if owner.messages:
            owner.send(protocol.answers(owner.messages))
            owner.messages = b""
        owner.send()
        caller.send()
        if time.monotonic() - start > 120:
            sys.exit(f"{protocol.__name__} {transport}: only {caller.received} of {count} answers arrived")
    seconds, cpu = time.monotonic() - start, server.cpu(transport) - cpu
    owner.close()
    caller.close()
    return count / seconds, cpu / count * 1e6


def round_trip(protocol, server, transport, context, count):
    """The median time until a request to the server itself is answered, in microseconds, and the processor time."""
    client = Client(protocol, server, transport, context)
    message = MQTT.round_trip_frame if protocol is MQTT else Jet.round_trip()
    times = []
    cpu = server.cpu(transport)
    for _ in range(count):
        start = time.perf_counter()
        client.socket.sendall(message)
        if protocol is MQTT:
            client.read_exactly(2)
        else:
            client.read_exactly(struct.unpack(">I", client.read_exactly(4))[0])
        times.append(time.perf_counter() - start)
    cpu = server.cpu(transport) - cpu
    client.close()
    return statistics.median(times) * 1e6, cpu / count * 1e6


def set_ups(protocol, server, transport, context, count, resume):
    """Connections per second with one request each, and the server's processor time for each, in microseconds."""
    session = None
    resumed = 0
    cpu, start = server.cpu(transport), time.monotonic()
    for _ in range(count):
        client = Client(protocol, server, transport, context, session if resume else None)
        client.socket.sendall(MQTT.round_trip_frame if protocol is MQTT else Jet.round_trip())
        if protocol is MQTT:
            client.read_exactly(2)
        else:
            client.read_exactly(struct.unpack(">I", client.read_exactly(4))[0])
        if transport == "tls":
            resumed += client.socket.session_reused
            session = client.socket.session
        client.close()
    seconds, cpu = time.monotonic() - start, server.cpu(transport) - cpu
    return count / seconds, cpu / count * 1e6, resumed


def memory(protocol, server, transport, context, count):
    """Private memory of an idle connection with one fetch or subscription, in bytes."""
    warm = [Client(protocol, server, transport, context) for _ in range(20)]
    for client in warm:
        client.close()
    time.sleep(1)
    before = server.memory(transport)
    clients = [Client(protocol, server, transport, context) for _ in range(count)]
    for client in clients:
        client.socket.sendall(protocol.subscribe())
    time.sleep(2)
    grown = server.memory(transport) - before
    for client in clients:
        client.close()
    time.sleep(0.5)
    return grown / count


def main():
    parser = argparse.ArgumentParser(prog="remote-benchmark")
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="a tenth of the work")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    scale = 10 if options.quick else 1
    with tempfile.TemporaryDirectory(prefix="jet-remote-") as folder:
        # mosquitto leaves root, and must still find the certificate.
        os.chmod(folder, 0o755)
        certificate, key = os.path.join(folder, "certificate.pem"), os.path.join(folder, "key.pem")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
             "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out",
             certificate], check=True, stderr=subprocess.DEVNULL)
        os.chmod(key, 0o644)
        context = ssl.create_default_context(cafile=certificate)
        context.check_hostname = False
        context.set_alpn_protocols(["jet"])
        servers = [(Jet, start_jet(options.program, folder, certificate, key)),
                   (MQTT, start_mosquitto(folder, certificate, key))]
        try:
            for _, server in servers:
                for port in server.ports.values():
                    wait_until(lambda: not socket.socket().connect_ex((HOST, port)), "a server")
                    time.sleep(0.1)
            rows = measure(options, scale, servers, context)
        finally:
            for _, server in servers:
                server.stop()
    report(rows, options)


def measure(options, scale, servers, context):
    rows = {}

    def note(name, server, transport, value, unit):
        rows.setdefault((name, unit), {}).setdefault(f"{server.name} {transport}", []).append(value)

    cases = [(protocol, server, transport) for transport in ("tcp", "tls") for protocol, server in servers]
    for protocol, server, transport in cases:
        note("memory of a connection", server, transport, memory(protocol, server, transport, context, 500 // scale) / 1024, "KiB")
    for _ in range(options.rounds):
        for subscribers in (1, 10, 100):
            changes = max(400_000 // subscribers // scale // 100, 10) * 100
            for protocol, server, transport in cases:
                rate, cpu = fan_out(protocol, server, transport, context, subscribers, changes)
                note(f"fan-out to {subscribers}", server, transport, rate / 1000, "thousand/s")
                note(f"fan-out to {subscribers}: server CPU", server, transport, cpu, "µs/message")
        for protocol, server, transport in cases:
            rate, cpu = route(protocol, server, transport, context, 20_000 // scale)
            note("request and answer", server, transport, rate / 1000, "thousand/s")
            note("request and answer: server CPU", server, transport, cpu, "µs")
            time_taken, cpu = round_trip(protocol, server, transport, context, 5000 // scale)
            note("round trip", server, transport, time_taken, "µs")
            note("round trip: server CPU", server, transport, cpu, "µs")
            rate, cpu, _ = set_ups(protocol, server, transport, context, 1000 // scale, False)
            note("new connections", server, transport, rate, "/s")
            note("new connections: server CPU", server, transport, cpu, "µs")
            if transport == "tls":
                rate, cpu, resumed = set_ups(protocol, server, transport, context, 1000 // scale, True)
                note("resumed connections", server, transport, rate, "/s")
                note("resumed connections: server CPU", server, transport, cpu, "µs")
                note("resumed connections: share resumed", server, transport, 100 * resumed / (1000 // scale), "%")
    return {name: {case: statistics.median(values) for case, values in cases.items()} for name, cases in rows.items()}


def report(rows, options):
    if options.json:
        for (name, unit), cases in rows.items():
            print(json.dumps({"what": name, "unit": unit, **{case: round(value, 3) for case, value in cases.items()}}))
        return
    columns = ["jet tcp", "jet tls", "mosquitto tcp", "mosquitto tls"]
    print(f"{'':40}{'':>12}" + "".join(f"{column:>15}" for column in columns) + f"{'tls/tcp':>9}{'to mosquitto':>14}")
    for (name, unit), cases in rows.items():
        line = f"{name:40}{unit:>12}"
        for column in columns:
            line += f"{cases[column]:15.2f}" if column in cases else f"{'':15}"
        ratio = lambda upper, lower: f"{cases[upper] / cases[lower]:.2f}" if cases.get(lower) and upper in cases else ""
        line += f"{ratio('jet tls', 'jet tcp'):>9}{ratio('jet tls', 'mosquitto tls'):>14}"
        print(line.rstrip())


if __name__ == "__main__":
    main()
