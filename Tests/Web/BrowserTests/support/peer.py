"""A small peer of the bus on jetd's unix socket: what a test publishes, and what it reads behind the page's back."""
import json
import queue
import socket
import struct
import threading


class Refused(Exception):
    """The daemon or an owner has answered with an error."""

    def __init__(self, error):
        super().__init__(json.dumps(error))
        self.error = error


class Peer:
    """Owns States and Methods, and sends requests. Its handlers run on the thread that reads."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.sending = threading.Lock()
        self.last_id = 0
        self.answers = {}
        self.handlers = {}
        self.values = {}
        self.requests = []
        threading.Thread(target=self._read, daemon=True).start()

    def close(self):
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.socket.close()

    def send(self, message):
        text = json.dumps(message).encode()
        with self.sending:
            self.socket.sendall(struct.pack(">I", len(text)) + text)

    def request(self, method, params=None, timeout=30):
        """Sends a request and returns its result."""
        self.last_id += 1
        answer = self.answers[self.last_id] = queue.Queue()
        self.send({"id": self.last_id, "method": method, "params": params or {}})
        message = answer.get(timeout=timeout)
        if "error" in message:
            raise Refused(message["error"])
        return message["result"]

    def state(self, path, value, on_set=None, **members):
        """Adds a State. `on_set(value)` returns the value that is taken, or raises Refused; without it, it is fetchOnly."""
        self.values[path] = value
        if on_set is None:
            members["fetchOnly"] = True
        else:
            self.handlers[path] = lambda params: self.change(path, on_set(params["value"])) or {}
        self.request("add", {"path": path, "value": value, **members})

    def method(self, path, on_call, **members):
        """Adds a Method. `on_call(args)` returns its result."""
        self.handlers[path] = on_call
        self.request("add", {"path": path, **members})

    def change(self, path, value):
        self.values[path] = value
        self.send({"method": "change", "params": {"path": path, "value": value}})

    def remove(self, path):
        self.handlers.pop(path, None)
        self.request("remove", {"path": path})

    def get(self, path):
        """The value of a State; None if it does not exist."""
        found = self.request("get", {"path": {"equals": path}})
        return found[0].get("value") if found else None

    def _read(self):
        reader = self.socket.makefile("rb")
        while True:
            try:
                header = reader.read(4)
                message = json.loads(reader.read(struct.unpack(">I", header)[0]))
            except (OSError, ValueError, struct.error):
                return
            for part in message if isinstance(message, list) else [message]:
                self._handle(part)

    def _handle(self, message):
        if "method" not in message:
            answer = self.answers.pop(message.get("id"), None)
            if answer is not None:
                answer.put(message)
            return
        handler = self.handlers.get(message["method"])
        if handler is None or "id" not in message:
            return
        self.requests.append(message)
        try:
            self.send({"id": message["id"], "result": handler(message.get("params"))})
        except Refused as refused:
            self.send({"id": message["id"], "error": refused.error})
