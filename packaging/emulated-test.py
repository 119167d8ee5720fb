#!/usr/bin/python3
"""The test of packaging/emulated-test. The arguments are the folder of the programs, the version that they should have,
and the command that runs them, which is empty if this machine can."""
import json
import os
import signal
import socket
import struct
import subprocess
import sys

FOLDER, VERSION, EMULATOR = sys.argv[1], sys.argv[2], sys.argv[3:]
# How many seconds all of it may take at most; only an answer that does not come takes that long.
PATIENCE = 300
COUNT = 1000
# What ELF calls the architecture.
AARCH64 = 183


def expect(what, actual, expected):
    if actual != expected:
        sys.exit(f"FAILED: {what}: {str(actual)[:500]}, and not {str(expected)[:500]}")
    print(f"{what}: as it should be", flush=True)


def command(program, *arguments):
    return [*EMULATOR, os.path.join(FOLDER, program), *arguments]


def output(program, *arguments):
    run = subprocess.run(command(program, *arguments), stdout=subprocess.PIPE, text=True)
    if run.returncode != 0:
        sys.exit(f"FAILED: {program} {' '.join(arguments)} ended with {run.returncode}")
    return run.stdout


# MessagePack

def packed(value):
    if isinstance(value, dict):
        return struct.pack(">BH", 0xDE, len(value)) + b"".join(packed(k) + packed(v) for k, v in value.items())
    if isinstance(value, str):
        return struct.pack(">BH", 0xDA, len(value.encode())) + value.encode()
    if isinstance(value, bool):
        return b"\xc3" if value else b"\xc2"
    return struct.pack(">Bq", 0xD3, value)


def unpacked(data):
    value, end = item(data, 0)
    assert end == len(data), data
    return value


def item(data, at):
    """The value at a byte of data, and where it ends."""
    first = data[at]
    at += 1
    if first < 0x80 or first >= 0xE0:
        return struct.unpack("b", data[at - 1:at])[0], at
    if first < 0xC0:
        return several("map" if first < 0x90 else "array" if first < 0xA0 else "string", first & (0x1F if first >= 0xA0 else 0x0F), data, at)
    if first in (0xC0, 0xC2, 0xC3):
        return {0xC0: None, 0xC2: False, 0xC3: True}[first], at
    scalars = {0xCA: "f", 0xCB: "d", 0xCC: "B", 0xCD: "H", 0xCE: "I", 0xCF: "Q", 0xD0: "b", 0xD1: "h", 0xD2: "i", 0xD3: "q"}
    if first in scalars:
        form = ">" + scalars[first]
        return struct.unpack_from(form, data, at)[0], at + struct.calcsize(form)
    kind, form = {0xD9: ("string", ">B"), 0xDA: ("string", ">H"), 0xDB: ("string", ">I"), 0xDC: ("array", ">H"),
                  0xDD: ("array", ">I"), 0xDE: ("map", ">H"), 0xDF: ("map", ">I")}[first]
    return several(kind, struct.unpack_from(form, data, at)[0], data, at + struct.calcsize(form))


def several(kind, count, data, at):
    if kind == "string":
        return data[at:at + count].decode(), at + count
    values = []
    for _ in range(count * (2 if kind == "map" else 1)):
        value, at = item(data, at)
        values.append(value)
    return (dict(zip(values[::2], values[1::2])) if kind == "map" else values), at


# Peers

class Peer:
    """A connection, with messages as JSON or MessagePack behind their length, or in frames of a WebSocket."""

    def __init__(self, endpoint):
        self.is_packed = False
        self.is_web = endpoint.startswith("ws://")
        if endpoint.startswith("unix:"):
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.connect(endpoint[len("unix:"):])
        else:
            host, port = endpoint.split("//")[1].rstrip("/").rsplit(":", 1)
            self.socket = socket.create_connection((host.strip("[]"), int(port)))
        self.stream = self.socket.makefile("rb")
        if self.is_web:
            self.socket.sendall(
                b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Protocol: jet\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                b"Sec-WebSocket-Version: 13\r\n\r\n")
            assert b"101" in self.stream.readline()
            while self.stream.readline() != b"\r\n":
                pass

    def send(self, **message):
        data = packed(message) if self.is_packed else json.dumps(message).encode()
        if self.is_web:
            # In the shortest form, and with a mask of 0.
            length = bytes([0x80 | len(data)]) if len(data) < 126 else struct.pack(">BH", 0xFE, len(data))
            self.socket.sendall(b"\x81" + length + bytes(4) + data)
        else:
            self.socket.sendall(struct.pack(">I", len(data)) + data)

    def frame(self):
        if not self.is_web:
            return self.read(struct.unpack(">I", self.read(4))[0])
        length = self.read(2)[1]
        if length >= 126:
            length = struct.unpack(">H", self.read(2))[0] if length == 126 else struct.unpack(">Q", self.read(8))[0]
        return self.read(length)

    def read(self, count):
        data = self.stream.read(count)
        return data if len(data) == count else sys.exit("FAILED: the daemon has closed a connection")

    def receive(self):
        data = self.frame()
        return unpacked(data) if self.is_packed else json.loads(data)

    def ask(self, method, **params):
        """The result of a request; it must be the next message."""
        self.send(id=1, method=method, params=params)
        answer = self.receive()
        if answer.get("id") != 1 or "result" not in answer:
            sys.exit(f"FAILED: {method} was answered by {answer}")
        return answer["result"]


def main():
    with open(os.path.join(FOLDER, "jet-multicall"), "rb") as file:
        if struct.unpack_from("<4s14xH", file.read(20)) != (b"\x7fELF", AARCH64):
            sys.exit("FAILED: the file is not for arm64")
    signal.signal(signal.SIGALRM, lambda *_: sys.exit(f"FAILED: no answer within {PATIENCE} s"))
    signal.alarm(PATIENCE)
    expect("the version", output("jet", "--version").split()[-1], VERSION)
    path = os.path.join(FOLDER, "jet.sock")
    config = os.path.join(FOLDER, "jetd.toml")
    open(config, "w").close()
    daemon = subprocess.Popen(
        command("jetd", "--config", config, "--unix-path", path, "--tcp-port", "0", "--ws-port", "0",
                "--ws-ping-ms", "0", "--log-level", "warning"),
        stdout=subprocess.PIPE, text=True)
    agent = None
    try:
        endpoints = [daemon.stdout.readline().strip().rsplit(" ", 1)[-1] for _ in range(3)]
        kinds = {endpoint.split(":")[0]: endpoint for endpoint in endpoints}
        expect("the kinds of endpoints", sorted(kinds), ["tcp", "unix", "ws"])
        test_bus(kinds)
        agent = subprocess.Popen(command("jet-agent", "--connect", kinds["unix"]))
        test_agent(kinds)
        daemon.terminate()
        expect("the end of the daemon", daemon.wait(), 0)
    finally:
        for process in (agent, daemon):
            if process and process.poll() is None:
                process.kill()
                process.wait()


def test_bus(kinds):
    values = {f"sensors/{number:04}": number * 0.5 for number in range(COUNT)}
    owner = Peer(kinds["tcp"])
    for name, value in values.items():
        owner.ask("add", path=name, value=value)
    owner.ask("add", path="lamp/level", value=1)
    elements = [json.loads(text) for text in output("jet", "ls", "--json", "--connect", kinds["unix"]).splitlines()]
    expect(f"jet ls of {COUNT + 1} elements", {each["path"]: each["value"] for each in elements}, {**values, "lamp/level": 1})

    # A set by the program for arm64.
    setter = subprocess.Popen(
        command("jet", "set", "lamp/level", "7", "--value", "--connect", kinds["tcp"]), stdout=subprocess.PIPE, text=True)
    answer_set(owner)
    expect("a set that is routed to the owner", setter.communicate()[0].strip(), "7")
    expect("jet get", output("jet", "get", "lamp/level", "--connect", kinds["ws"]).strip(), "7")

    web = Peer(kinds["ws"])
    expect("a fetch over WebSocket", web.ask("fetch", id="f", path={"startsWith": "sensors/"}), True)
    received = [web.receive()["params"] for _ in range(COUNT)]
    expect(f"its {COUNT} elements", {each["path"]: each["value"] for each in received}, values)
    owner.ask("change", path="sensors/0500", value=-40.125)
    expect("a change", web.receive()["params"], {"path": "sensors/0500", "event": "change", "value": -40.125})

    binary = Peer(kinds["unix"])
    expect("a switch to MessagePack", binary.ask("config", encoding="msgpack"), True)
    binary.is_packed = True
    values["sensors/0500"] = -40.125
    found = binary.ask("get", path={"startsWith": "sensors/"})
    expect(f"{COUNT} elements in MessagePack", {each["path"]: each["value"] for each in found}, values)
    binary.send(id=2, method="set", params={"path": "lamp/level", "value": 300, "valueAsResult": True})
    answer_set(owner)
    expect("a set in MessagePack", binary.receive(), {"id": 2, "result": 300})


def answer_set(owner):
    request = owner.receive()
    value = request["params"]["value"]
    owner.ask("change", path="lamp/level", value=value)
    owner.send(id=request["id"], result=value)


def test_agent(kinds):
    """The agent publishes the machine; the first value of its uptime is fetched."""
    peer = Peer(kinds["unix"])
    expect("a fetch of what the agent adds", peer.ask("fetch", id="f", path={"equals": "system/uptime"}), True)
    params = peer.receive()["params"]
    expect("the machine's uptime", (params["path"], params["event"], params["value"] > 0), ("system/uptime", "add", True))
    listed = [json.loads(text)["path"] for text in output("jet-agent", "--list").splitlines() if text.startswith("{")]
    expect("jet-agent --list", "system/uptime" in listed, True)


main()
