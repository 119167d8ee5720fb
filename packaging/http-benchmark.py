#!/usr/bin/env python3
"""The measurements of packaging/http-benchmark. The arguments are the program jetd and the number of requests."""
import os
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time

TICKS = os.sysconf("SC_CLK_TCK")
ROUNDS = 5
RULE = b'{"id":1,"method":"get","params":{"path":{"equals":"bench/state"}}}'


def framed(message):
    return struct.pack(">I", len(message)) + message


def masked(message):
    """A text frame of a WebSocket; the mask is 0."""
    return b"\x81" + struct.pack("B", 0x80 | len(message)) + bytes(4) + message


def read(connection, count):
    data = b""
    while len(data) < count:
        part = connection.recv(count - len(data))
        if not part:
            sys.exit("the daemon has closed the connection")
        data += part
    return data


def read_head(connection):
    data = b""
    while not data.endswith(b"\r\n\r\n"):
        data += read(connection, 1)
    return data


class Client:
    """One connection, a request, and the length of its response, which is always the same."""

    def __init__(self, name, connection, request, expected):
        self.name, self.connection, self.request = name, connection, request
        connection.sendall(request)
        time.sleep(0.1)
        first = connection.recv(1 << 16)
        if expected not in first:
            sys.exit(f"{name}: {first!r}")
        self.length = len(first)
        self.rates, self.costs = [], []

    def ask(self):
        self.connection.sendall(self.request)
        read(self.connection, self.length)


def cpu(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def http(port):
    connection = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def main():
    program, requests = sys.argv[1], int(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "jet.sock")
        config = os.path.join(folder, "jetd.toml")
        open(config, "w").close()
        daemon = subprocess.Popen(
            [program, "--config", config, "--unix-path", path, "--ws-port", "0", "--ws-ping-ms", "0", "--log-level",
             "error"],
            stdout=subprocess.PIPE, text=True)
        try:
            port = None
            while port is None:
                line = daemon.stdout.readline()
                if not line:
                    sys.exit("the daemon has not started")
                if ":" in line and "unix:" not in line:
                    port = int(line.strip().rsplit(":", 1)[1].rstrip("/"))
            measure(daemon.pid, path, port, requests)
        finally:
            daemon.terminate()
            daemon.wait()


def measure(pid, path, port, requests):
    owner = socket.socket(socket.AF_UNIX)
    owner.connect(path)
    owner.sendall(framed(b'{"id":1,"method":"add","params":{"path":"bench/state","value":20.5}}'))
    time.sleep(0.1)
    local = socket.socket(socket.AF_UNIX)
    local.connect(path)
    web = http(port)
    web.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
    read_head(web)
    request = b"GET /api/v1/state/bench/state HTTP/1.1\r\nHost: localhost\r\n\r\n"
    clients = [
        Client("unix socket", local, framed(RULE), b"20.5"), Client("WebSocket", web, masked(RULE), b"20.5"),
    ]
    plain = Client("HTTP", http(port), request, b"20.5")
    for _ in range(ROUNDS):
        for client in clients + [plain]:
            count = requests // ROUNDS
            before, start = cpu(pid), time.monotonic()
            for number in range(count):
                # A connection of HTTP ends after 1000 requests.
                if client is plain and number % 900 == 899:
                    plain.connection.close()
                    plain.connection = http(port)
                client.ask()
            client.rates.append(count / (time.monotonic() - start))
            client.costs.append((cpu(pid) - before) / count)
        plain.connection.close()
        plain.connection = http(port)
    clients.append(plain)
    first = clients[0]
    print(f"{'':12} {'requests/s':>11} {'ratio':>6} {'CPU us':>7} {'ratio':>6}")
    for client in clients:
        rate, cost = statistics.median(client.rates), statistics.median(client.costs)
        cost_ratio = cost / (statistics.median(first.costs) or 1e-9)
        print(f"{client.name:12} {rate:11.0f} {rate / statistics.median(first.rates):6.2f} {cost * 1e6:7.1f} "
              f"{cost_ratio:6.2f}")


main()
