"""The pictures of packaging/screenshots, of a made-up device. JETD and JET_AGENT name the programs."""
import argparse
import base64
import contextlib
import math
import pathlib
import random
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Tests/Web/BrowserTests"))

from support.browser import Browser  # noqa: E402
from support.device import Device, wait_until  # noqa: E402

SIZES = {"light": (1280, 860, False), "dark": (1280, 860, False), "phone": (390, 844, True)}
VIEWS = {
    "home": ("", True),
    "explore": ("explore", True),
    "tree": ("explore?mode=tree", True),
    "element": ("element?path=sensors%2Fcoretemp%2Fpackage-id-0", True),
    "led": ("element?path=led%2Frgb%3Aindicator", True),
    "builder": ("builder?rule=" + "%7B%22path%22%3A%7B%22startsWith%22%3A%22sensors%2F%22%7D%2C%22sort%22%3A%7B%22byValue%22%3A"
                "%22number%22%2C%22descending%22%3Atrue%2C%22from%22%3A1%2C%22to%22%3A5%7D%7D", True),
    "bus": ("bus", True),
    "login": ("login", False),
    "disconnected": ("", True),
}
# What the README shows: the view, how, and at which size.
README = {"home": ("light", 1200, 860), "element": ("dark", 1000, 700), "phone": ("light", 390, 844)}


class Scenery(Device):
    """The device of the pictures: all that it shows is made up, since this machine is busy with the pictures."""

    # Of four cores, in hundredths of a second: all, and those in which they worked.
    total, worked = [0.0] * 4, [0.0] * 4

    def _make_tree(self):
        super()._make_tree()
        self.work(0)
        for path, content in {
                "uptime": "1058412.34 3650000.00", "loadavg": "0.84 0.71 0.66 2/312 8123",
                "cpuinfo": "".join(f"processor : {core}\nmodel name : Intel(R) N100\n\n" for core in range(4)),
                "meminfo": "MemTotal: 8124300 kB\nMemFree: 2412340 kB\nMemAvailable: 5112892 kB\nBuffers: 184220 kB\n"
                           "Cached: 2609120 kB\nSwapTotal: 2097148 kB\nSwapFree: 2097148 kB",
                "sys/kernel/hostname": "workshop", "sys/kernel/osrelease": "6.1.0-28-amd64",
                "sys/kernel/version": "#1 SMP PREEMPT_DYNAMIC Debian", "sys/kernel/random/boot_id": "made-up",
                **{f"pressure/{name}": f"some avg10={now} avg60={now} avg300={now} total=1" for name, now in
                   {"cpu": "1.20", "memory": "0.00", "io": "0.40"}.items()}}.items():
            self.write(f"proc/{path}", content)

    def publish(self):
        """Publishes what the agent would find on a real machine."""
        self.own = peer = self.peer()
        peer.state("system/hostname", "gateway-07")
        peer.state("network/eth0/rates", {"rxBytes": 0, "txBytes": 0}, meta={"title": "Rates of eth0", "unit": "B/s", "datatype": "json"})
        peer.state("network/default-route", {"inet": {"gateway": "192.0.2.1", "link": "eth0"}, "inet6": None})
        peer.state("network/dns", {"servers": [{"address": "192.0.2.1"}]})
        peer.state("storage/filesystems/root", {
            "mountPoint": "/", "device": "/dev/nvme0n1p2", "type": "ext4", "readOnly": False, "size": 118_000_000_000,
            "used": 41_300_000_000, "available": 70_600_000_000}, meta={"title": "File system at /", "datatype": "json"})
        peer.request("call", {"path": "system/update/check", "args": {}})

    def work(self, at, hundredths=0):
        """Lets the cores work for a time."""
        for core in range(4):
            share = 0.24 + 0.13 * math.sin(at / 6 + core) + 0.09 * math.sin(at / 1.7 + 2 * core) + random.uniform(-0.05, 0.05)
            self.total[core] += hundredths
            self.worked[core] += hundredths * max(0.02, share)
        lines = [("cpu", sum(self.total), sum(self.worked)),
                 *((f"cpu{core}", self.total[core], self.worked[core]) for core in range(4))]
        # In one step, since the agent reads while it is written.
        self.write("proc/stat.new", "\n".join(
            f"{name} {worked:.0f} 0 0 {total - worked:.0f} 0 0 0 0 0 0" for name, total, worked in lines))
        (self.folder / "proc/stat.new").rename(self.folder / "proc/stat")


class Pictures:
    def __init__(self):
        self.device = Scenery(with_host=True)
        self.device.publish()
        self.browser = Browser(watching=False)
        self.is_running = True
        threading.Thread(target=self.live, daemon=True).start()

    def stop(self):
        self.is_running = False
        self.browser.quit()
        self.device.stop()

    def live(self):
        """Has the sensors of the device move as real ones do."""
        start = time.monotonic()
        hwmon = "sys/class/hwmon"
        while self.is_running:
            at = time.monotonic() - start
            base = 52000 + 9000 * math.sin(at / 7) + random.randint(-1200, 1200)
            for number in (1, 2, 3):
                self.device.write(f"{hwmon}/hwmon0/temp{number}_input", int(base + 900 * number + random.randint(-700, 700)))
            self.device.write(f"{hwmon}/hwmon1/fan1_input", int(1180 + 220 * math.sin(at / 9)))
            time.sleep(0.3)
            self.device.work(at, 100 * (time.monotonic() - start - at))
            with contextlib.suppress(OSError):
                rates = {"rxBytes": int(210_000 + 90_000 * math.sin(at / 4) + random.randint(0, 40_000)), "txBytes": random.randint(9_000, 30_000)}
                self.device.own.change("network/eth0/rates", rates)

    def log_in(self):
        self.browser.driver.get("about:blank")
        self.browser.driver.get(f"{self.device.url}#/login")
        fields = wait_until(lambda: self.browser.all("textbox"), "the form of the login")
        fields[0].send_keys("admin")
        fields[1].send_keys("radar\n")
        wait_until(lambda: "login" not in self.browser.run("return location.hash"), "the login")

    def show(self, address, has_login):
        """Shows a view for as long as its charts need to be worth a look."""
        if has_login:
            self.log_in()
        else:
            self.browser.driver.get("about:blank")
            self.browser.driver.get(self.device.url)
        self.browser.run("location.hash = arguments[0]", f"#/{address}")
        wait_until(lambda: self.browser.run("return document.getElementById('status')?.dataset.state === 'live'"), "the connection")

    def settle(self, seconds):
        time.sleep(seconds)
        # Neither the focus nor a hint of the pointer belongs into a picture.
        self.browser.run("document.activeElement?.blur(); scrollTo(0, 0)")

    def take(self, file, quality=None):
        """Saves a picture: PNG, or WebP of a quality."""
        parameters = {"format": "webp", "quality": quality} if quality else {"format": "png"}
        file.write_bytes(base64.b64decode(self.browser.cdp("Page.captureScreenshot", **parameters)["data"]))

    def all(self, folder):
        for name, (address, has_login) in VIEWS.items():
            self.show(address, has_login)
            self.settle(20 if name in ("home", "element", "led") else 4)
            if name == "disconnected":
                self.device.kill_daemon()
                wait_until(lambda: not self.browser.run("return document.getElementById('banner').hidden"), "the banner")
            for how, (width, height, mobile) in SIZES.items():
                self.browser.media("dark" if how == "dark" else "light")
                self.browser.resize(width, height, mobile)
                self.settle(0.7)
                self.take(folder / f"{name}-{how}.png")
            self.browser.media("light")
            self.browser.resize(1280, 860)

    def readme(self, folder):
        total = 0
        for name, (scheme, width, height) in README.items():
            address, has_login = VIEWS["home" if name == "phone" else name]
            self.show(address, has_login)
            self.browser.media(scheme)
            self.browser.resize(width, height, mobile=width < 500)
            self.settle(30)
            file = folder / f"{name}.webp"
            self.take(file, quality=80)
            total += file.stat().st_size
        print(f"{total / 1000:.0f} KB in all")
        if total > 300_000:
            sys.exit("The pictures are larger than 300 KB together.")


def main():
    parser = argparse.ArgumentParser(prog="packaging/screenshots")
    parser.add_argument("folder", nargs="?", type=pathlib.Path, default=pathlib.Path("screenshots"))
    parser.add_argument("--readme", action="store_true", help="the three pictures of the README")
    options = parser.parse_args()
    folder = ROOT / "Sources/Web/Pictures" if options.readme else options.folder
    folder.mkdir(parents=True, exist_ok=True)
    pictures = Pictures()
    try:
        if options.readme:
            pictures.readme(folder)
        else:
            pictures.all(folder)
    finally:
        pictures.stop()
    print(f"The pictures are in {folder}.")


main()
