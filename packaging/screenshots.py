"""The pictures of packaging/screenshots, of a made-up device. JETD and JET_AGENT name the programs."""
import argparse
import base64
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


class Pictures:
    def __init__(self):
        self.device = Device(with_host=True)
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
