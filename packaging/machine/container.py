"""The image's tree with systemd as its first process, in a container: no devices and no kernel of its own."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from stream import Gone, Stream

# How systemd-nspawn ends when the container is to be started again.
REBOOT = 133


def cgroup_roots():
    """The roots of the control groups that systemd uses: one, or several of the older kind."""
    roots = [Path("/sys/fs/cgroup"), Path("/sys/fs/cgroup/unified"), Path("/sys/fs/cgroup/systemd")]
    return [root for root in roots if (root / "cgroup.procs").exists()]


class Container:
    is_resumed = False
    awaited = []

    def __init__(self, image, scratch, options, say):
        self.image, self.scratch, self.say = image, scratch, say
        self.name = f"jet-machine-{os.getpid()}"
        self.root, self.memory = scratch / "root", scratch / "memory"
        self.console = scratch / "console"
        # Each container has control groups of its own, or two would share the one they are started in.
        self.groups = [root / self.name for root in cgroup_roots()]
        self.process = self.stream = None

    def start(self, end):
        self.host = self.scratch / "host"
        for folder in (self.root, self.memory, self.host):
            folder.mkdir()
        # What the container writes goes to memory.
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2G,mode=755", "jet-machine", self.memory], check=True)
        (self.memory / "upper").mkdir()
        (self.memory / "work").mkdir()
        layers = f"lowerdir={self.image / 'root'},upperdir={self.memory / 'upper'},workdir={self.memory / 'work'}"
        subprocess.run(["mount", "-t", "overlay", "-o", layers, "jet-machine", self.root], check=True)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.host / "socket"))
        self.listener.listen()
        self.boot(end)
        return 0

    def boot(self, end):
        for group in self.groups:
            group.mkdir(exist_ok=True)

        def enter():
            for group in self.groups:
                (group / "cgroup.procs").write_text(f"{os.getpid()}\n")

        with self.console.open("ab") as console:
            # pylint: disable-next=subprocess-popen-preexec-fn
            self.process = subprocess.Popen(
                ["systemd-nspawn", "--quiet", "--boot", "--register=no", "--keep-unit", f"--machine={self.name}",
                 f"--directory={self.root}", f"--bind={self.host}:/run/rig-host", "--private-network",
                 "--resolv-conf=off", "--timezone=off", "--link-journal=no", "--console=pipe"],
                env={**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"}, preexec_fn=enter,
                stdin=subprocess.DEVNULL, stdout=console, stderr=console)
        self.listener.settimeout(0.5)
        while True:
            try:
                connection, _ = self.listener.accept()
                break
            except TimeoutError:
                if self.process.poll() is not None:
                    raise Gone(f"the container ended with status {self.process.returncode}") from None
                if time.monotonic() > end:
                    raise
        connection.settimeout(None)
        self.stream = Stream(connection)

    def receive(self, end):
        try:
            return self.stream.receive(end)
        except Gone:
            if self.process.wait(60) != REBOOT:
                raise
            self.boot(end)
            return self.stream.receive(end)

    def prepare(self): pass

    def booted(self): pass

    def send(self, kind, data=b"", **members): self.stream.send(kind, data, **members)

    def ask(self, line): return {"text": f"a container has no devices: {line}", "failed": True}

    def show_end(self):
        if self.console.exists():
            self.say("the console's last lines:\n" + "\n".join(self.console.read_text(errors="replace").splitlines()[-15:]))

    def stop(self):
        if self.process and self.process.poll() is None:
            # All processes in the container end with its first one, which is a child of systemd-nspawn.
            children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
            for child in children:
                os.kill(int(child), signal.SIGKILL)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        for mount in (self.root, self.memory):
            subprocess.run(["umount", "-l", mount], stderr=subprocess.DEVNULL, check=False)
        for group in self.groups:
            self.remove(group)

    @staticmethod
    def remove(group):
        end = time.monotonic() + 5
        while group.exists():
            subprocess.run(["find", group, "-depth", "-type", "d", "-exec", "rmdir", "{}", ";"],
                           stderr=subprocess.DEVNULL, check=False)
            if time.monotonic() > end:
                break
            time.sleep(0.1)
