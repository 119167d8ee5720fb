"""The stream of messages between host and machine; guest/rig-agent describes them."""

import json
import select
import time


class Gone(Exception):
    """The machine has ended."""


class Stream:
    def __init__(self, socket):
        self.socket = socket
        self.buffer = bytearray()

    def send(self, kind, data=b"", **members):
        self.socket.sendall(json.dumps({"kind": kind, "size": len(data), **members}).encode() + b"\n" + data)

    def receive(self, end):
        """The next message and its data; TimeoutError at the end, Gone if the other side closes."""
        while (line := self.buffer.find(b"\n")) < 0:
            self.more(end)
        message = json.loads(self.buffer[:line])
        whole = line + 1 + message["size"]
        while len(self.buffer) < whole:
            self.more(end)
        data = bytes(self.buffer[line + 1:whole])
        del self.buffer[:whole]
        return message, data

    def more(self, end):
        if not select.select([self.socket], [], [], max(0, end - time.monotonic()))[0]:
            raise TimeoutError
        data = self.socket.recv(1 << 18)
        if not data:
            raise Gone("the machine ended before the script did")
        self.buffer += data
