"""A device under test: jetd and jet-agent with a made-up /sys whose files change, on sockets and ports of its own.

The programs are those of .build/debug, or what JETD, JET_AGENT, JET and JET_TLS name; the page is that of the checkout, or
in the folder that RADAR names.
"""
import contextlib
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from .peer import Peer

ROOT = pathlib.Path(__file__).resolve().parents[4]
FIXTURES = ROOT / "Tests/Web/Fixtures"
WEB = ROOT / "Sources/Web"
# A machine that does other things as well may need long for what takes milliseconds otherwise.
PATIENCE = float(os.environ.get("JET_TEST_PATIENCE", "40"))


# A run that is ended ends what it has started.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def program(name):
    """The path of a program."""
    return os.environ.get(name.upper().replace("-", "_")) or str(ROOT / ".build/debug" / name)


def is_listening(port):
    with socket.socket() as attempt:
        return attempt.connect_ex(("127.0.0.1", port)) == 0


def wait_until(condition, what, patience=PATIENCE):
    """Waits until the condition is true, and returns its value."""
    end = time.monotonic() + patience
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {patience:.0f} s in vain: {what() if callable(what) else what}")
        time.sleep(0.02)


class Device:
    """`with_agent` starts jet-agent, `with_host` the simulated owner of settings, updates and services, `with_tls` jet-tls."""

    def __init__(self, with_agent=True, with_host=False, with_tls=False, with_users=True, settings="", host_options=()):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="jet-web-"))
        self.socket = str(self.folder / "jet.sock")
        self.processes = []
        self.peers = []
        self.port = self.tcp_port = self.tls_port = 0
        self.jetd = self.agent = self.host = None
        self.with_users = with_users
        self.gateway = None
        if with_tls:
            self.gateway = socket.socket(socket.AF_UNIX)
            self.gateway.bind(str(self.folder / "gateway.sock"))
            self.gateway.listen(64)
        (self.folder / "jetd.toml").write_text(
            f'[web]\nfolder = "{os.environ.get("RADAR") or WEB / "Radar"}"\njavascript = "{WEB / "JavaScript"}"\n'
            f'[remote]\ngateways = ["user:{os.getuid()}"]\nanonymous = "read"\n{settings}\n')
        shutil.copy(FIXTURES / "users.json", self.folder / "users.json")
        (self.folder / "users.json").chmod(0o600)
        try:
            self._make_tree()
            self.start_daemon()
            if with_agent:
                self.start_agent()
            if with_host:
                self.start_host(*host_options)
            if with_tls:
                self._start_tls()
        except BaseException:
            self.stop()
            raise

    def stop(self):
        for peer in self.peers:
            peer.close()
        for process in reversed(self.processes):
            if process.poll() is None:
                process.kill()
            process.wait()
        if self.gateway:
            self.gateway.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def log(self, name):
        with contextlib.suppress(FileNotFoundError):
            return (self.folder / f"{name}.log").read_text(errors="replace")
        return ""

    # The daemon

    @property
    def url(self):
        return f"http://localhost:{self.port}/"

    @property
    def secure_url(self):
        return f"https://localhost:{self.tls_port}/"

    def start_daemon(self):
        """Starts the daemon; again on the same port."""
        arguments = [program("jetd"), "--config", str(self.folder / "jetd.toml"), "--unix-path", self.socket,
                     "--ws-port", str(self.port), "--tcp-port", str(self.tcp_port), "--grant", f"user:{os.getuid()}=operator,admin"]
        if self.with_users:
            arguments += ["--users", str(self.folder / "users.json")]
        environment, inherited = dict(os.environ), ()
        if self.gateway:
            # systemd's way to pass a socket: it is descriptor 3 of the process that LISTEN_PID names.
            arguments = ["/bin/sh", "-c", f'exec 3<&{self.gateway.fileno()}; LISTEN_PID=$$ exec "$@"', "sh", *arguments]
            environment |= {"LISTEN_FDS": "1", "LISTEN_FDNAMES": "gateway"}
            inherited = (self.gateway.fileno(),)
        self.jetd = self._start(*arguments, log="jetd", env=environment, pass_fds=inherited)
        self.port, self.tcp_port = (int(wait_until(
            lambda scheme=scheme: re.search(rf"listening {scheme}://\S*:(\d+)\n", self.log("jetd")) or self._ended("jetd"),
            lambda: f"jetd listens: {self.log('jetd')}")[1]) for scheme in ("ws", "tcp"))

    def kill_daemon(self):
        self.jetd.kill()
        self.jetd.wait()

    def _ended(self, name):
        if self.jetd.poll() is not None:
            raise AssertionError(f"{name} has ended: {self.log(name)}")

    # The agent

    def start_agent(self):
        (self.folder / "agent.toml").write_text("")
        # Only what the made-up files show: nothing of the machine on which the tests run.
        disabled = [f"--disable={name}" for name in (
            "power", "hostname", "clock", "shutdown", "services", "filesystems", "disks", "network", "counters", "routes",
            "dns", "networkd", "wireless", "devices", "update", "network-settings")]
        self.agent = self._start(
            program("jet-agent"), "--config", str(self.folder / "agent.toml"), "--connect", f"unix:{self.socket}",
            "--sysfs", str(self.folder / "sys"), "--root", str(self.folder), "--interval", "0.2", *disabled,
            *(["--procfs", str(self.folder / "proc")] if (self.folder / "proc").exists() else []), log="agent")
        peer = self.peer()
        wait_until(lambda: peer.get("led/backlight:display") is not None,
                   lambda: f"the agent shows the LEDs: {self.log('agent')}")

    def _make_tree(self):
        for line in (FIXTURES / "device.tree").read_text().splitlines():
            if line and not line.startswith("#"):
                path, content = line.split(" = ", 1)
                self.write(path, content)

    def write(self, path, content):
        """Writes a file of the made-up machine."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{content}\n")

    def read(self, path):
        return (self.folder / path).read_text().strip()

    def start_host(self, *options):
        """Starts the simulated owner of what needs systemd, D-Bus and root, and publishes the link that can be set."""
        self.host = self._start("nodejs", str(FIXTURES / "host.mjs"), f"unix:{self.socket}", "--pace", "200", *options, log="host")
        wait_until(lambda: "ready" in self.log("host"), lambda: f"the simulated host is there: {self.log('host')}")
        self.peer().state("network/eth0", {
            "index": 2, "state": "UP", "carrier": True, "mac": "02:00:00:00:00:02", "mtu": 1500,
            "flags": ["BROADCAST", "MULTICAST", "UP", "LOWER_UP"],
            "addresses": [{"address": "192.0.2.44", "prefixLength": 24, "family": "inet", "scope": "global"}],
        }, meta={"title": "Network link eth0", "datatype": "json"})

    # Others

    def peer(self):
        """A peer of one's own."""
        peer = Peer(self.socket)
        self.peers.append(peer)
        return peer

    def jet(self, *arguments, **options):
        """Runs the command `jet` with this daemon, and returns what it has printed."""
        return subprocess.run([program("jet"), *arguments], env=dict(os.environ, JET_CONNECT=f"unix:{self.socket}"),
                              capture_output=True, text=True, timeout=PATIENCE, **options)

    def _start_tls(self):
        certificate, key = str(self.folder / "certificate.pem"), str(self.folder / "key.pem")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
             "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out",
             certificate], check=True, stderr=subprocess.DEVNULL)
        (self.folder / "tls.toml").write_text("")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.tls_port = free.getsockname()[1]
        self._start(program("jet-tls"), "--config", str(self.folder / "tls.toml"), "--listen", f"127.0.0.1:{self.tls_port}",
                    "--daemon", str(self.folder / "gateway.sock"), "--certificate", certificate, "--key", key, log="tls")
        wait_until(lambda: is_listening(self.tls_port),
                   lambda: f"jet-tls listens: {self.log('tls')}")

    def _start(self, *arguments, log, **options):
        with open(self.folder / f"{log}.log", "w", encoding="utf-8") as file:
            process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT, **options)
        self.processes.append(process)
        return process

