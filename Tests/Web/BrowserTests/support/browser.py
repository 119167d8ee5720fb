"""Chromium through its driver: what the page logs, which requests it makes, and what a user finds on it."""
import json
import pathlib
import re
import urllib.parse

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

HERE = pathlib.Path(__file__).parent


class Browser:
    """One browser. `requests` and `console` are what has happened since `forget`."""

    def __init__(self, insecure=False, watching=True):
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for argument in (
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                "--force-device-scale-factor=1", "--no-first-run", "--disable-background-networking", "--disable-sync",
                "--disable-component-update", "--disable-default-apps", "--disable-extensions",
                # A window that is not seen works as one that is.
                "--disable-background-timer-throttling", "--disable-renderer-backgrounding",
                "--disable-backgrounding-occluded-windows",
                # element.computedRole and element.computedName
                "--enable-blink-features=ComputedAccessibilityInfo",
                "--enable-precise-memory-info", "--js-flags=--expose-gc"):
            options.add_argument(argument)
        if insecure:
            # The certificate of the test.
            options.add_argument("--ignore-certificate-errors")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL" if watching else "OFF"})
        options.add_experimental_option("prefs", {"download.prompt_for_download": False})
        self.driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        self.driver.set_page_load_timeout(120)
        self.driver.set_script_timeout(120)
        self.cdp("Page.addScriptToEvaluateOnNewDocument", source=(HERE / "watch.js").read_text())
        self.finder = (HERE / "find.js").read_text()
        self.requests, self.console, self.sent = [], [], []
        self.is_watching = watching
        self.forget()

    def quit(self):
        self.driver.quit()

    def cdp(self, command, **params):
        """Sends a command of the Chrome DevTools Protocol."""
        return self.driver.execute_cdp_cmd(command, params)

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    # What has happened

    def forget(self):
        """Shows an empty page, and forgets what has happened."""
        self.driver.get("about:blank")
        self.resize(1280, 900)
        self.media()
        self.look()
        self.requests, self.console, self.sent = [], [], []

    def look(self):
        """Reads the driver's logs."""
        for entry in self.driver.get_log("browser"):
            self.console.append((entry["level"], entry["message"]))
        if not self.is_watching:
            return
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            params = message["params"]
            if message["method"] == "Network.requestWillBeSent":
                self.requests.append(params["request"]["url"])
            elif message["method"] == "Network.webSocketCreated":
                self.requests.append(params["url"])
            elif message["method"] == "Network.webSocketFrameSent":
                self.sent.append(params["response"]["payloadData"])

    def requests_elsewhere(self, *own):
        """The requests to other origins than these, given as URLs. data: and blob: do not leave the browser."""
        hosts = {urllib.parse.urlsplit(url).netloc for url in own}
        return [url for url in self.requests
                if not url.startswith(("data:", "blob:", "about:")) and urllib.parse.urlsplit(url).netloc not in hosts]

    # How it is shown

    def resize(self, width, height, mobile=False):
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=mobile)

    def media(self, scheme="light", reduced_motion=False):
        self.cdp("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce" if reduced_motion else "no-preference"}])

    def picture(self, file):
        self.driver.save_screenshot(str(file))

    # What is on the page

    def all(self, role=None, name=None, within=None):
        """The visible elements with this role and this name: the whole name, or a compiled pattern that is in it."""
        if isinstance(name, re.Pattern):
            name = {"pattern": name.pattern}
        elif name is not None:
            name = {"text": name}
        return self.run(self.finder, role, name, within)

    def text(self):
        """The text that is seen."""
        return self.run("return document.body ? document.body.innerText : ''")
