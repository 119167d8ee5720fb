"""What packaging/run-in-machine does: see there for the options and the statuses."""

import argparse
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

from container import Container
from stream import Gone
from virtual import VirtualMachine

HERE = Path(__file__).resolve().parent
TIMEOUT, ENDED, FAILED = 124, 125, 126
START = time.monotonic()
RELEASES = {"12": "bookworm", "13": "trixie"}


def say(text):
    print(f"rig: {time.monotonic() - START:5.1f} s: {text}", file=sys.stderr, flush=True)


def arguments():
    parser = argparse.ArgumentParser(prog="packaging/run-in-machine", add_help=False, allow_abbrev=False)
    parser.add_argument("--release", default="bookworm", type=lambda name: RELEASES.get(name, name),
                        choices=["bookworm", "trixie"])
    parser.add_argument("--arch", default="amd64", choices=["amd64", "arm64"])
    parser.add_argument("--container", action="store_true")
    parser.add_argument("--deb", action="append", default=[], type=Path)
    parser.add_argument("--file", action="append", default=[], type=Path)
    parser.add_argument("--env", action="append", default=[])
    parser.add_argument("--out", type=Path)
    parser.add_argument("--timeout", type=float, default=300)
    parser.add_argument("--cpus", type=int)
    parser.add_argument("--memory", type=int)
    parser.add_argument("--cold", action="store_true")
    parser.add_argument("--console", type=Path)
    parser.add_argument("script", type=Path)
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    for path in [*options.deb, *options.file, options.script]:
        if not path.exists():
            parser.error(f"there is no {path}")
    for assignment in options.env:
        if "=" not in assignment:
            parser.error(f"--env takes NAME=VALUE, not {assignment}")
    if options.container and options.arch != "amd64":
        parser.error("there are containers for amd64 only")
    if options.container and (options.cold or options.cpus or options.memory):
        parser.error("a container has the processors and the memory of this machine, and is always started")
    return options


def packed(options):
    """The job as a tar archive: the script, its files, the packages, and job.json with the arguments."""
    described = {"arguments": options.arguments,
                 "environment": dict(assignment.split("=", 1) for assignment in options.env)}
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", dereference=True) as tar:
        def add_text(name, text):
            member = tarfile.TarInfo(name)
            member.size = len(text)
            tar.addfile(member, io.BytesIO(text))

        def add_script(member):
            member.mode = 0o755
            return member

        add_text("job.json", json.dumps(described).encode())
        folder = tarfile.TarInfo("files")
        folder.type, folder.mode = tarfile.DIRTYPE, 0o755
        tar.addfile(folder)
        tar.add(options.script, "script", filter=add_script)
        for package in options.deb:
            tar.add(package, f"packages/{package.name}")
        for path in options.file:
            tar.add(path, f"files/{path.resolve().name if path.name in ('', '.', '..') else path.name}")
    return buffer.getvalue()


def follow(machine, job, options, end):
    """Passes on what the script prints, until it ends; the status."""
    machine.prepare()
    if machine.is_resumed:
        machine.send("job", job, time=time.time(), awaited=machine.awaited)
    while True:
        message, data = machine.receive(end)
        kind = message["kind"]
        if kind == "boot":
            say(f"start {message['number']}: multi-user.target is reached")
            first = message["number"] == 1
            machine.booted()
            machine.send("job" if first else "go", job if first else b"", time=time.time(), awaited=machine.awaited)
        elif kind == "note":
            say(message["text"])
        elif kind in ("out", "err"):
            stream = sys.stdout if kind == "out" else sys.stderr
            stream.buffer.write(data)
            stream.buffer.flush()
        elif kind == "ask":
            machine.send("answer", **machine.ask(message["line"]))
        elif kind == "results" and options.out:
            options.out.mkdir(parents=True, exist_ok=True)
            with tarfile.open(fileobj=io.BytesIO(data)) as tar:
                for member in tar:
                    if member.isfile() or member.isdir():
                        member.uid = member.gid = 0
                        tar.extract(member, options.out)
        elif kind == "exit":
            say(f"the script ended with status {message['status']}")
            return message["status"]


def run(options):
    end = START + options.timeout
    made = subprocess.run([HERE / "image", options.release, options.arch], stdout=subprocess.PIPE, text=True, check=False)
    if made.returncode:
        return FAILED
    image = Path(made.stdout.strip())
    # What making the image took does not count.
    end += time.monotonic() - START
    job = packed(options)
    with tempfile.TemporaryDirectory(prefix="jet-machine.") as scratch:
        kind = Container if options.container else VirtualMachine
        machine = kind(image, Path(scratch), options, say)
        try:
            end += machine.start(end)
            return follow(machine, job, options, end)
        except (Gone, TimeoutError) as problem:
            say(str(problem) or f"stopped after {options.timeout:.0f} s")
            machine.show_end()
            return TIMEOUT if isinstance(problem, TimeoutError) else ENDED
        finally:
            # Once is enough: the end must not be interrupted by another signal.
            for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(name, signal.SIG_IGN)
            machine.stop()
            if options.console and machine.console.exists():
                shutil.copy(machine.console, options.console)


def ended(number, _):
    say(f"ended by {signal.Signals(number).name}")
    sys.exit(128 + number)


def main():
    options = arguments()
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, ended)
    sys.exit(run(options))


main()
