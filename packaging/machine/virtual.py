"""A virtual machine by QEMU, started from power-on or continued from where it was saved after its first start."""

import fcntl
import hashlib
import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from stream import Gone, Stream

HERE = Path(__file__).resolve().parent
CPUS, MEMORY = 2, 1024

# What differs between a PC and an arm64 board.
COMMAND = {
    "amd64": ["qemu-system-x86_64", "-M", "pc", "-cpu", "max"],
    "arm64": ["qemu-system-aarch64", "-M", "virt", "-cpu", "cortex-a72"],
}
APPEND = {
    "amd64": "console=ttyS0 quiet panic=-1 mitigations=off random.trust_cpu=on",
    "arm64": "console=ttyAMA0 quiet panic=-1 mitigations=off",
}


class VirtualMachine:
    def __init__(self, image, scratch, options, say):
        self.image, self.scratch, self.options, self.say = image, scratch, options, say
        self.cpus, self.megabytes = options.cpus or CPUS, options.memory or MEMORY
        self.is_resumed = not (options.cold or options.cpus or options.memory)
        self.console = scratch / "console"
        self.qemu = self.stream = self.monitor = None
        # What the guest waits for before its job: a drive that is plugged in at the start, since a machine that has one
        # cannot be saved.
        self.awaited = ["/sys/class/nvme/nvme0/model"] if options.arch == "amd64" else []
        self.is_plugged = False

    def start(self, _):
        """Starts or continues it; how many seconds it took to make what is kept, which do not count."""
        making = 0
        if not self.is_resumed:
            self.launch(self.image / "disk.img", "raw")
            self.execute("cont")
            self.say("power on")
            return making
        with (self.image.parent / f"{self.image.name}.saved.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            saved = self.saved()
            if not (saved / "state").exists():
                before = time.monotonic()
                self.save(saved)
                making = time.monotonic() - before
        self.launch(saved / "disk.qcow2", "qcow2", "-incoming", f"exec:cat '{saved}/state'")
        while (status := self.execute("query-status")["status"]) == "inmigrate":
            time.sleep(0.05)
        if status != "running":
            self.execute("cont")
        self.say("continued")
        return making

    # -- the saved machine

    def saved(self):
        """The folder of the saved machine: another one for another image, another QEMU or other devices."""
        version = subprocess.run([COMMAND[self.options.arch][0], "--version"], stdout=subprocess.PIPE, check=True)
        stamp = hashlib.sha256(version.stdout + (self.image / "stamp").read_bytes())
        for name in ("virtual.py", "thermal.dsl", "led.dtsi"):
            stamp.update((HERE / name).read_bytes())
        return self.image / f"saved-{stamp.hexdigest()[:16]}"

    def save(self, saved):
        """Starts the machine once, and keeps it as it is then: its memory and its disk."""
        self.say("starting the machine once, to save it")
        for old in self.image.glob("saved-*"):
            subprocess.run(["rm", "-rf", old], check=True)
        with tempfile.TemporaryDirectory(dir=self.image, prefix="saving-") as work:
            work = Path(work)
            subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", self.image / "disk.img",
                            work / "disk.qcow2"], check=True)
            self.launch(work / "disk.qcow2", "qcow2", keeps=True)
            self.execute("cont")
            patience = time.monotonic() + 900
            self.expect("boot", patience)
            self.say("it has started")
            self.send("warm")
            self.expect("warmed", patience)
            self.execute("stop")
            self.execute("migrate-set-parameters", **{"max-bandwidth": 1 << 32})
            self.execute("migrate", uri=f"exec:cat >'{work}/state'")
            while (status := self.execute("query-migrate")["status"]) != "completed":
                if status == "failed":
                    raise Gone("QEMU could not save the machine")
                time.sleep(0.1)
            self.stop()
            saved.mkdir()
            (work / "disk.qcow2").rename(saved / "disk.qcow2")
            (work / "state").rename(saved / "state")
        self.say(f"saved, {(saved / 'state').stat().st_size >> 20} MB")

    def expect(self, kind, end):
        message, _ = self.stream.receive(end)
        if message["kind"] != kind:
            raise Gone(f"{message['kind']} instead of {kind}")

    # -- QEMU

    def launch(self, disk, disk_format, *more, keeps=False):
        for name in ("stick", "nvme"):
            with (self.scratch / name).open("wb") as file:
                file.truncate(64 << 20)
        for name in ("rig", "qmp"):
            (self.scratch / name).unlink(missing_ok=True)
        drive = f"if=none,id=disk,file={disk},format={disk_format},cache=unsafe,snapshot={'off' if keeps else 'on'}"
        # Stopped (-S) until the host is connected.
        command = [
            *COMMAND[self.options.arch], *self.special(), "-S", "-accel", "tcg,thread=multi",
            "-smp", str(self.cpus), "-m", str(self.megabytes), "-nodefaults", "-no-user-config", "-display", "none",
            "-kernel", self.image / "vmlinuz", "-initrd", self.image / "initrd.img", "-append", APPEND[self.options.arch],
            "-chardev", f"file,id=console,path={self.scratch}/console,append=on", "-serial", "chardev:console",
            "-chardev", f"socket,id=qmp,path={self.scratch}/qmp,server=on,wait=off", "-mon", "chardev=qmp,mode=control",
            "-object", "rng-random,id=random,filename=/dev/urandom", "-device", "virtio-rng-pci,rng=random",
            "-drive", drive, "-device", "virtio-blk-pci,drive=disk",
            "-device", "virtio-serial-pci", "-chardev", f"socket,id=rig,path={self.scratch}/rig,server=on,wait=off",
            "-device", "virtserialport,chardev=rig,name=jet.rig",
            "-netdev", "user,id=net0,restrict=on",
            "-device", "virtio-net-pci,netdev=net0,id=nic0,mac=52:54:00:00:00:01,addr=0x10,romfile=",
            "-netdev", "user,id=net1,restrict=on,net=192.168.77.0/24",
            "-device", "virtio-net-pci,netdev=net1,id=nic1,mac=52:54:00:00:00:02,addr=0x11,romfile=",
            "-device", "qemu-xhci,id=xhci", "-device", "usb-kbd,id=kbd0",
            "-blockdev", f"driver=file,node-name=stick,filename={self.scratch}/stick",
            "-blockdev", f"driver=file,node-name=nvme,filename={self.scratch}/nvme", *more,
        ]
        with (self.scratch / "qemu.log").open("wb") as log:
            self.qemu = subprocess.Popen(command, env={**os.environ, "TMPDIR": str(self.scratch)},
                                         stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        self.monitor = self.connect("qmp").makefile("rw")
        self.monitor.readline()
        self.execute("qmp_capabilities")
        self.stream = Stream(self.connect("rig"))

    def special(self):
        if self.options.arch == "amd64":
            table = self.scratch / "thermal"
            subprocess.run(["iasl", "-p", table, HERE / "thermal.dsl"], stdout=subprocess.DEVNULL, check=True)
            # The second serial port is there for its scratch register only.
            return ["-acpitable", f"file={table}.aml", "-device", "vmgenid,guid=auto", "-chardev", "null,id=second",
                    "-device", "isa-serial,index=1,chardev=second"]
        tree, source = self.scratch / "board.dtb", self.scratch / "board.dts"
        base, *options = COMMAND["arm64"]
        options[1] += f",dumpdtb={tree}"
        subprocess.run([base, *options, "-smp", str(self.cpus), "-m", str(self.megabytes), "-display", "none"],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        with source.open("w") as file:
            subprocess.run(["dtc", "-q", "-I", "dtb", "-O", "dts", tree], stdout=file, check=True)
            file.write((HERE / "led.dtsi").read_text())
        subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb", "-o", tree, source], check=True)
        return ["-dtb", tree]

    def connect(self, name):
        path, patience = self.scratch / name, time.monotonic() + 30
        while True:
            connection = socket.socket(socket.AF_UNIX)
            try:
                connection.connect(str(path))
                return connection
            except OSError:
                connection.close()
                if self.qemu.poll() is not None or time.monotonic() > patience:
                    raise Gone("QEMU did not start") from None
                time.sleep(0.02)

    def execute(self, name, **arguments):
        """What the command returns; events in between are left out."""
        try:
            self.monitor.write(json.dumps({"execute": name, "arguments": arguments}) + "\n")
            self.monitor.flush()
            while line := self.monitor.readline():
                answer = json.loads(line)
                if "return" in answer:
                    return answer["return"]
                if "error" in answer:
                    raise Gone(f"QEMU: {name}: {answer['error']['desc']}")
        except OSError:
            pass
        raise Gone("QEMU ended")

    # -- while the script runs

    def prepare(self):
        if self.is_resumed:
            self.booted()

    def booted(self):
        if self.awaited and not self.is_plugged:
            self.ask("device_add nvme,drive=nvme,serial=jet,id=nvme0")
            self.is_plugged = True

    def receive(self, end):
        return self.stream.receive(end)

    def send(self, kind, data=b"", **members):
        self.stream.send(kind, data, **members)

    def ask(self, line):
        """What QEMU's monitor answers to a line."""
        text = self.execute("human-monitor-command", **{"command-line": line}).replace("\r", "").rstrip("\n")
        return {"text": text, "failed": bool(re.match(r"Error:|unknown command", text))}

    def show_end(self):
        for name, what in (("qemu.log", "QEMU"), ("console", "the console's last lines")):
            path = self.scratch / name
            if path.exists() and (text := path.read_text(errors="replace").strip()):
                self.say(f"{what}:\n" + "\n".join(text.splitlines()[-15:]))

    def stop(self):
        if self.qemu and self.qemu.poll() is None:
            self.qemu.send_signal(signal.SIGTERM)
            try:
                self.qemu.wait(5)
            except subprocess.TimeoutExpired:
                self.qemu.kill()
                self.qemu.wait()
