"""The measurements of packaging/page-benchmark. JETD and JET name the programs."""
import argparse
import atexit
import json
import os
import pathlib
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Tests/Web/BrowserTests"))
sys.dont_write_bytecode = True

from support.browser import Browser  # noqa: E402
from support.device import Device, wait_until  # noqa: E402

TICKS = os.sysconf("SC_CLK_TCK")
STATES = 10_000
CHANGES = 10
MANY = 100_000
FRAMES = """
const done = arguments[arguments.length - 1], end = performance.now() + arguments[0] * 1000, times = []
let last = performance.now()
const step = now => {
    times.push(now - last)
    last = now
    if (now < end) requestAnimationFrame(step)
    else done(times.slice(1))
}
requestAnimationFrame(step)
"""
LIVE = "return document.getElementById('status')?.dataset.state === 'live'"


class Flood:
    """A peer that owns many States and changes all of them at a fixed rate."""

    def __init__(self, device, states=STATES):
        self.peer = device.peer()
        self.paths = [f"line/{at // 100:03}/{at % 100:02}/speed" for at in range(states)]
        add(self.peer, self.paths)
        # Rendered once, so that the load costs the machine little beside what is measured.
        self.rounds = []
        for round_ in range(CHANGES):
            messages = [json.dumps({"method": "change", "params": {"path": path, "value": round((at * 7 + round_ * 13) % 1000 / 10, 1)}})
                        for at, path in enumerate(self.paths)]
            self.rounds.append(b"".join(framed("[" + ",".join(messages[at:at + 100]) + "]") for at in range(0, states, 100)))
        self.is_running = False
        self.sent = 0
        self.thread = None

    def start(self):
        self.is_running = True
        self.sent, self.since = 0, time.monotonic()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def stop(self):
        self.is_running = False
        self.thread.join()

    @property
    def rate(self):
        """The changes a second that the daemon has taken."""
        return self.sent * len(self.paths) / (time.monotonic() - self.since)

    def _run(self):
        at = 0
        pause = 1 / CHANGES
        due = time.monotonic()
        while self.is_running:
            with self.peer.sending:
                self.peer.socket.sendall(self.rounds[at])
            self.sent += 1
            at = (at + 1) % len(self.rounds)
            due += pause
            delay = due - time.monotonic()
            if delay > 0:
                time.sleep(delay)
            else:
                due = time.monotonic()


def framed(text):
    data = text.encode()
    return struct.pack(">I", len(data)) + data


def add(peer, paths):
    for start in range(0, len(paths), 500):
        peer.send([{"method": "add", "params": {
            "path": path, "value": 0, "fetchOnly": True,
            "meta": {"title": path, "unit": "rpm", "datatype": "float", "format": "0:100"}}} for path in paths[start:start + 500]])
    wait_until(lambda: peer.request("info")["statistics"]["elements"] >= len(paths), "all elements are there", 120)


# What a process uses

def processor_time(pids):
    total = 0
    for pid in pids:
        try:
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except FileNotFoundError:
            continue
        total += (int(fields[11]) + int(fields[12])) / TICKS
    return total


def resident(pids):
    total = 0
    for pid in pids:
        try:
            for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("RssAnon:"):
                    total += int(line.split()[1]) * 1024
        except FileNotFoundError:
            pass
    return total


def renderers(browser):
    """The renderer processes of a browser. There is one page; a spare one does nothing."""
    parents = {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes()
                parents[int(entry.name)] = (int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1]), command)
            except (FileNotFoundError, ProcessLookupError):
                pass
    def belongs(pid):
        while pid in parents:
            if pid == browser.driver.service.process.pid:
                return True
            pid = parents[pid][0]
        return False
    return [pid for pid, (_, command) in parents.items() if b"--type=renderer" in command and belongs(pid)]


def memory_of_page(browser):
    browser.cdp("HeapProfiler.collectGarbage")
    metrics = {each["name"]: each["value"] for each in browser.cdp("Performance.getMetrics")["metrics"]}
    return {"heap": metrics["JSHeapUsedSize"], "nodes": metrics["Nodes"], "listeners": metrics["JSEventListeners"],
            "resident": resident(renderers(browser))}


def frames(browser, seconds):
    times = sorted(browser.driver.execute_async_script(FRAMES, seconds))
    return {"p50": statistics.median(times), "p95": times[int(len(times) * 0.95)], "max": times[-1], "over50": sum(each > 50 for each in times)}


def observe(browser, device, peer, seconds):
    """Frame times, processor times in percent of a core, and what the daemon has sent, over a time."""
    daemon, page = [device.jetd.pid], renderers(browser)
    before = peer.request("info")["statistics"]
    start, daemon_start, page_start = time.monotonic(), processor_time(daemon), processor_time(page)
    result = frames(browser, seconds)
    elapsed = time.monotonic() - start
    after = peer.request("info")["statistics"]
    result["daemon"] = 100 * (processor_time(daemon) - daemon_start) / elapsed
    result["page"] = 100 * (processor_time(page) - page_start) / elapsed
    for name in ("messages", "notifications", "conflated", "paced"):
        result[name] = (after[name] - before[name]) / elapsed
    return result


def open_view(browser, device, view):
    browser.driver.get("about:blank")
    browser.driver.get(f"{device.url}#/{view}")
    wait_until(lambda: browser.run(LIVE), "the page is connected")


# The measurements

def measure_load(rows, browser, device, options):
    """400 kbit/s and 40 ms, as over a bad mobile connection."""
    results = {}
    for name in ("cold", "warm"):
        if name == "cold":
            browser.cdp("Network.clearBrowserCache")
        firsts, lives, sizes = [], [], []
        for _ in range(1 if options.quick else 3):
            if name == "cold":
                browser.cdp("Network.clearBrowserCache")
            browser.driver.get("about:blank")
            browser.look()
            browser.driver.get_log("performance")
            browser.cdp("Network.emulateNetworkConditions", offline=False, latency=40, downloadThroughput=50_000, uploadThroughput=50_000)
            browser.driver.get(device.url)
            wait_until(lambda: browser.run(LIVE), "the page is connected")
            live = browser.run("return performance.now()")
            wait_until(lambda: browser.run("return performance.getEntriesByName('first-contentful-paint').length"), "a paint")
            firsts.append(browser.run("return performance.getEntriesByName('first-contentful-paint')[0].startTime"))
            lives.append(live)
            time.sleep(3)
            sizes.append(sum(json.loads(entry["message"])["message"]["params"]["encodedDataLength"]
                             for entry in browser.driver.get_log("performance")
                             if json.loads(entry["message"])["message"]["method"] == "Network.loadingFinished"))
        results[name] = (statistics.median(firsts), statistics.median(lives), statistics.median(sizes))
        browser.cdp("Network.emulateNetworkConditions", offline=False, latency=0, downloadThroughput=-1, uploadThroughput=-1)
    for name, (first, live, size) in results.items():
        rows.append(("load", f"first paint at 400 kbit/s, {name} cache", f"{first:.0f} ms"))
        rows.append(("load", f"connected at 400 kbit/s, {name} cache", f"{live:.0f} ms"))
        rows.append(("load", f"received until Home is there, {name} cache", f"{size / 1000:.1f} KB"))
    size = sum(file.stat().st_size for file in page().rglob("*.gz"))
    rows.append(("load", "all files of the page, compressed", f"{size / 1024:.1f} KiB"))


def page():
    """The page as it is installed: smaller, and with a compressed copy beside each file. RADAR can name such a folder."""
    if "RADAR" not in os.environ:
        folder = pathlib.Path(tempfile.mkdtemp(prefix="jet-page-"))
        atexit.register(shutil.rmtree, folder)
        subprocess.run([ROOT / "packaging/stage-page", folder], check=True)
        os.environ["RADAR"] = str(folder)
    return pathlib.Path(os.environ["RADAR"])


def measure_flood(rows, browser, device, options):
    peer = device.peer()
    flood = Flood(device)
    for view, title in (("explore", "Explore"), ("", "Home")):
        open_view(browser, device, view)
        time.sleep(3)
        rest_memory = memory_of_page(browser)
        rest = observe(browser, device, peer, options.seconds)
        flood.start()
        time.sleep(3)
        start_memory = memory_of_page(browser)
        busy = observe(browser, device, peer, options.seconds)
        end = time.monotonic() + options.minutes * 60
        samples = []
        while time.monotonic() < end:
            time.sleep(min(30, max(0, end - time.monotonic())))
            samples.append(memory_of_page(browser)["heap"])
        end_memory = memory_of_page(browser)
        last = observe(browser, device, peer, min(options.seconds, 20))
        rate = flood.rate
        flood.stop()
        group = f"{STATES} States, {title}"
        rows.append((group, "changes a second, of 100000", f"{rate:.0f}"))
        for name in ("p50", "p95", "max"):
            rows.append((group, f"frame time {name}", f"{busy[name]:.1f} ms", f"{rest[name]:.1f} ms", f"{busy[name] / rest[name]:.2f}"))
        rows.append((group, f"frames above 50 ms in {options.seconds} s", busy["over50"], rest["over50"], ""))
        rows.append((group, "frame time p95 at the end", f"{last['p95']:.1f} ms", f"{rest['p95']:.1f} ms", f"{last['p95'] / rest['p95']:.2f}"))
        for name, label in (("daemon", "jetd, processor"), ("page", "renderer, processor")):
            rows.append((group, label, f"{busy[name]:.1f} %", f"{rest[name]:.1f} %", f"{busy[name] / max(rest[name], 0.1):.1f}"))
        for name in ("notifications", "conflated", "paced"):
            rows.append((group, f"{name} a second", f"{busy[name]:.0f}", f"{rest[name]:.0f}", ""))
        for name, label in (("heap", "JavaScript heap"), ("resident", "renderer, resident")):
            rows.append((group, f"{label} at the start", megabytes(start_memory[name]), megabytes(rest_memory[name]),
                         f"{start_memory[name] / rest_memory[name]:.2f}"))
            rows.append((group, f"{label} after {options.minutes:g} min", megabytes(end_memory[name]), megabytes(rest_memory[name]),
                         f"{end_memory[name] / rest_memory[name]:.2f}"))
        rows.append((group, "nodes of the document at the end", end_memory["nodes"], rest_memory["nodes"], ""))
        show(rows[-20:], options)


def measure_many(rows, browser, device, options):
    peer = device.peer()
    open_view(browser, device, "explore")
    few = usable(browser, device)
    rest = scrolled(browser, options)
    add(peer, [f"plant/{at // 1000:03}/{at % 1000:03}/value" for at in range(MANY)])
    many = usable(browser, device)
    time.sleep(1)
    busy = scrolled(browser, options)
    group = f"{MANY} elements, Explore"
    rows.append((group, "until rows are seen", f"{many:.0f} ms", f"{few:.0f} ms", f"{many / few:.2f}"))
    for name in ("p50", "p95", "max"):
        rows.append((group, f"frame time while scrolling, {name}", f"{busy[name]:.1f} ms", f"{rest[name]:.1f} ms", f"{busy[name] / rest[name]:.2f}"))
    memory = memory_of_page(browser)
    rows.append((group, "JavaScript heap", megabytes(memory["heap"]), "", ""))
    rows.append((group, "nodes of the document", memory["nodes"], "", ""))
    rows.append((group, "renderer, resident", megabytes(memory["resident"]), "", ""))


ROWS = "return [...document.querySelectorAll('[role=row], [role=treeitem]')].filter(row => row.checkVisibility()).length"


def usable(browser, device):
    browser.driver.get("about:blank")
    start = time.monotonic()
    browser.driver.get(f"{device.url}#/explore?flat=1")
    wait_until(lambda: browser.run(ROWS) > 5, "there are rows")
    return 1000 * (time.monotonic() - start)


def scrolled(browser, options):
    """Frame times while the wheel turns."""
    box = browser.run("""
        const scrolls = [...document.querySelectorAll("main, main *")].filter(each => each.scrollHeight > each.clientHeight + 50
            && /auto|scroll/.test(getComputedStyle(each).overflowY)).sort((a, b) => b.scrollHeight - a.scrollHeight)[0]
        const box = (scrolls ?? document.querySelector("main")).getBoundingClientRect()
        return [box.left + box.width / 2, Math.min(innerHeight - 20, Math.max(box.top, 0) + Math.min(box.height, innerHeight) / 2)]""")
    browser.run("""
        window.testFrames = []
        let last = performance.now()
        const step = now => { testFrames.push(now - last); last = now; window.testHandle = requestAnimationFrame(step) }
        window.testHandle = requestAnimationFrame(step)""")
    end = time.monotonic() + min(options.seconds, 20)
    down = 0
    while time.monotonic() < end:
        browser.cdp("Input.dispatchMouseEvent", type="mouseWheel", x=box[0], y=box[1], deltaX=0, deltaY=400 if down % 60 < 40 else -400)
        down += 1
    times = sorted(browser.run("cancelAnimationFrame(testHandle); return testFrames.slice(1)"))
    return {"p50": statistics.median(times), "p95": times[int(len(times) * 0.95)], "max": times[-1]}


def megabytes(count):
    return f"{count / 1e6:.1f} MB"


def show(rows, options):
    if options.json:
        return
    for group, label, *cells in rows:
        print(f"{group:28} {label:44} " + "  ".join(f"{cell!s:>12}" for cell in cells), flush=True)


def main():
    parser = argparse.ArgumentParser(prog="packaging/page-benchmark")
    parser.add_argument("--minutes", type=float, default=10, help="how long the flood lasts on each view, beside the frames")
    parser.add_argument("--seconds", type=float, default=60, help="how long frames are counted")
    parser.add_argument("--only", action="append", choices=("load", "flood", "many"))
    parser.add_argument("--quick", action="store_true", help="the same as --minutes 0.2 --seconds 5")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.quick:
        options.minutes, options.seconds = 0.2, 5
    page()
    measurements = {"load": measure_load, "flood": measure_flood, "many": measure_many}
    rows = []
    if not options.json:
        print(f"{'':28} {'':44} {'measured':>12}  {'at rest':>12}  {'ratio':>12}")
    for name, measure in measurements.items():
        if options.only and name not in options.only:
            continue
        device = Device(with_host=False)
        # The messages of a flood would fill the driver's log.
        browser = Browser(watching=name == "load")
        try:
            browser.cdp("Performance.enable")
            first = len(rows)
            measure(rows, browser, device, options)
            if name != "flood":
                show(rows[first:], options)
        finally:
            browser.quit()
            device.stop()
    if options.json:
        for group, label, *cells in rows:
            print(json.dumps({"group": group, "what": label, "figures": cells}))


main()
