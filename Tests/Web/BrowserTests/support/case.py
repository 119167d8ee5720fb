"""What the tests have in common."""
import atexit
import json
import os
import pathlib
import re
import tempfile
import unittest

from selenium.common.exceptions import (ElementClickInterceptedException, ElementNotInteractableException,
                                        StaleElementReferenceException)
from selenium.webdriver import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

from .browser import Browser
from .device import Device, wait_until

browsers = {}


def browser(insecure=False):
    """The browser of this run: one for all tests, since its start takes a second."""
    if insecure not in browsers:
        browsers[insecure] = Browser(insecure=insecure)
        atexit.register(browsers[insecure].quit)
    return browsers[insecure]


class PageTest(unittest.TestCase):
    """A test of the page on a device, which all tests of a class share. After each test, nothing may stand on the console
    or have been refused by the page's policy, and no request may have gone elsewhere."""

    device_options = {}
    insecure = False

    @classmethod
    def setUpClass(cls):
        cls.device = Device(**cls.device_options)
        cls.addClassCleanup(cls.device.stop)
        cls.browser = browser(cls.insecure)
        cls.driver = cls.browser.driver

    def setUp(self):
        self.browser.forget()
        self.expected_console = []

    def tearDown(self):
        # Before the page is left: some problems only show then.
        outcome = self._outcome.result
        failed = any(test is self for test, _ in outcome.failures + outcome.errors) or self._outcome.success is False
        if failed:
            self.keep_evidence()
        self.browser.look()
        self.browser.driver.get("about:blank")
        self.browser.look()
        unexpected = [f"{level}: {message}" for level, message in self.browser.console
                      if level in ("SEVERE", "WARNING") and not any(re.search(each, message) for each in self.expected_console)]
        elsewhere = self.browser.requests_elsewhere(*self.own_origins())
        self.assertEqual(unexpected, [], "the console is empty")
        self.assertEqual(elsewhere, [], "all requests go to the device")

    def expect_lost_connection(self):
        """Chromium itself writes a line for each connection that fails, which no page can prevent."""
        self.expected_console.append(
            r"WebSocket connection to '.*' failed|/healthz - Failed to load resource|ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET")

    def keep_evidence(self):
        """Keeps a picture and the text of the page in the folder that JET_TEST_PICTURES names."""
        folder = pathlib.Path(os.environ.get("JET_TEST_PICTURES") or tempfile.gettempdir())
        folder.mkdir(parents=True, exist_ok=True)
        name = self.id().rsplit(".", 2)
        file = folder / f"failed-{name[-2]}-{name[-1]}.png"
        try:
            self.browser.picture(file)
            print(f"\n{self.id()}: see {file}\n{self.describe()}")
        except Exception as error:  # pylint: disable=broad-except
            print(f"no picture: {error}")

    def describe(self):
        """The page in words, for the message of a failure."""
        self.browser.look()
        text = self.browser.text()
        console = "\n".join(f"{level}: {message}" for level, message in self.browser.console[-10:])
        return f"the page at {self.driver.current_url}:\n{text[:3000]}\nconsole:\n{console}"

    # Looking

    def wait(self, condition, what):
        """Waits until the condition is true; elements that are replaced meanwhile count as false."""
        def patient():
            try:
                return condition()
            except StaleElementReferenceException:
                return False
        return wait_until(patient, lambda: f"{what() if callable(what) else what}\n{self.describe()}")

    def find(self, role, name=None, within=None):
        """The element with this role and name, as soon as there is one."""
        return self.wait(lambda: self.browser.all(role, name, within), f"there is a {role} {name!r}")[0]

    def all(self, role, name=None, within=None):
        return self.browser.all(role, name, within)

    def wait_gone(self, role, name=None, within=None):
        self.wait(lambda: not self.browser.all(role, name, within), f"there is no {role} {name!r} any more")

    def wait_text(self, text):
        """Waits until a text, or a compiled pattern, is seen."""
        seen = (lambda: text.search(self.browser.text())) if isinstance(text, re.Pattern) else (
            lambda: text in self.browser.text())
        return self.wait(seen, f"the page shows {text!r}")

    def wait_value(self, path, condition, peer=None):
        """Waits until the State on the bus satisfies the condition."""
        peer = peer or self.peer
        return self.wait(lambda: condition(peer.get(path)), lambda: f"{path} becomes right; it is {peer.get(path)}")

    def is_disabled(self, element):
        return self.browser.run(
            "return arguments[0].matches(':disabled') || arguments[0].getAttribute('aria-disabled') === 'true'"
            " || arguments[0].readOnly === true", element)

    # Acting

    def open(self, view="", params=None, url=None):
        """Opens a view by its address, and waits until the page is connected."""
        query = "?" + "&".join(f"{key}={quoted(value)}" for key, value in params.items()) if params else ""
        base = url or (current if (current := "/".join(self.driver.current_url.split("/")[:3]) + "/") in self.own_origins()
                       else self.device.url)
        if self.driver.current_url.startswith(base):
            self.browser.run("location.hash = arguments[0]", f"#/{view}{query}")
        else:
            self.driver.get(f"{base}#/{view}{query}")
        self.wait_live()

    def own_origins(self):
        return [self.device.url, self.device.url.replace("localhost", "127.0.0.1"), self.device.secure_url]

    def wait_live(self):
        """Waits until the page shows that it is connected."""
        self.wait(lambda: self.browser.run("return document.getElementById('status')?.dataset.state === 'live'"),
                  "the page is connected")

    def click(self, element_or_role, name=None, within=None):
        """Clicks with the mouse; waits while the element is disabled or something else is in the way."""
        def clicked():
            element = self.find(element_or_role, name, within) if isinstance(element_or_role, str) else element_or_role
            if self.is_disabled(element):
                return False
            try:
                self.browser.run("arguments[0].scrollIntoView({ block: 'nearest' })", element)
                element.click()
                return True
            except (ElementClickInterceptedException, ElementNotInteractableException):
                return False
        self.wait(clicked, f"{element_or_role} {name!r} can be clicked")

    def press(self, *keys):
        ActionChains(self.driver).send_keys(*keys).perform()

    def choose(self, select, text):
        """Chooses an option of a list by its text."""
        Select(select).select_by_visible_text(text)

    def tab_to(self, element, limit=150):
        """Presses Tab until the element has the focus, as one does who has no mouse."""
        for _ in range(limit):
            if self.browser.run("return document.activeElement === arguments[0]", element):
                return
            self.press(Keys.TAB)
        self.fail(f"{limit} times Tab do not lead to {element.accessible_name}")

    def fill(self, element, text):
        """Replaces the text of a field by typing."""
        element.click()
        element.send_keys(Keys.CONTROL, "a")
        element.send_keys(Keys.DELETE if text == "" else text)

    def log_in(self, user="admin", password="radar"):
        """Logs in through the form."""
        self.open("login")
        self.fill(self.find("textbox", re.compile("user|name")), user)
        self.fill(self.find("textbox", re.compile("password")), password)
        self.press(Keys.ENTER)
        self.wait(lambda: not self.browser.run("return location.hash").startswith("#/login"), "the login is left")
        self.wait_live()

    @property
    def peer(self):
        """A peer on the bus, made when it is first needed."""
        cls = self.__class__
        # Not that of a daemon that was killed.
        if getattr(cls, "_peer_daemon", None) is not self.device.jetd:
            cls._peer, cls._peer_daemon = self.device.peer(), self.device.jetd
        return cls._peer

    def seen_json(self, text):
        """Parses what a page shows as JSON."""
        return json.loads(text)


def quoted(text):
    import urllib.parse
    return urllib.parse.quote(str(text), safe="")
