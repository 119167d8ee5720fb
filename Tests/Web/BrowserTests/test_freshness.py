"""What the page says about the age of what it shows, when the daemon is gone, and when it is back."""
import os
import re
import signal

from support.case import PageTest


class LosingTheDaemon(PageTest):
    def state(self):
        return self.browser.run("return document.getElementById('status').dataset.state")

    def banner(self):
        return self.browser.run(
            "const banner = document.getElementById('banner'); return banner.checkVisibility() ? banner.innerText : ''")

    def test_the_page_dims_says_why_and_comes_back_with_the_right_values(self):
        self.expect_lost_connection()
        self.peer.state("made/up/counter", 1)
        self.open("element", {"path": "made/up/counter"})
        self.wait_text("made/up/counter")
        self.device.kill_daemon()
        self.wait(lambda: self.state() == "disconnected", "the page says that it is disconnected")
        self.assertTrue(self.browser.run("return document.body.classList.contains('is-late')"))
        self.wait(lambda: "does not answer" in self.banner(), "the banner says why")
        self.device.start_daemon()
        peer = self.device.peer()
        peer.state("made/up/counter", 271828)
        self.wait_live()
        self.wait(lambda: self.banner() == "", "the banner is gone")
        self.assertFalse(self.browser.run("return document.body.classList.contains('is-late')"))
        self.wait_text(re.compile("271,?828"))

    def test_a_daemon_that_hangs_is_called_late(self):
        self.open()
        os.kill(self.device.jetd.pid, signal.SIGSTOP)
        try:
            self.wait(lambda: self.state() == "late", "the page says that it is late")
            self.wait(lambda: "late" in self.banner(), "the banner says why")
        finally:
            os.kill(self.device.jetd.pid, signal.SIGCONT)
        self.wait_live()
        self.wait(lambda: self.banner() == "", "the banner is gone")

    def test_one_can_ask_for_an_attempt(self):
        self.expect_lost_connection()
        self.open()
        self.device.kill_daemon()
        self.wait(lambda: re.search(r"Next attempt in \d+ s", self.banner()), "the banner counts down")
        self.device.start_daemon()
        self.click("button", "Retry now")
        self.wait_live()

    def test_a_page_that_is_left_ends_its_connection_and_is_live_again_when_one_goes_back(self):
        def pages():
            return [each for each in self.peer.request("peers")["peers"] if each.get("name") == "Radar"]
        self.wait(lambda: not pages(), "no page is connected")
        self.log_in()
        self.open()
        self.assertEqual(len(pages()), 1)
        # Browsers keep a page for the way back, with all that it has open.
        self.driver.get("about:blank")
        self.wait(lambda: not pages(), "the connection has ended")
        self.driver.back()
        self.wait_live()
        self.wait_text("45.0 °C")
        self.wait(lambda: len(pages()) == 1, "one is connected")
        # The same page, which still has the login.
        self.find("button", re.compile("^admin"))

    def test_what_did_not_change_is_not_called_stale(self):
        self.peer.state("made/up/still", "as ever")
        self.open("element", {"path": "made/up/still"})
        self.wait_text("as ever")
        # Longer than the page waits for a sign of life.
        self.wait_text(re.compile(r"\b[5-9] s\b"))
        self.assertEqual(self.state(), "live")
        self.assertNotRegex(self.browser.text(), re.compile("stale", re.IGNORECASE))

    def test_an_owner_that_is_gone_is_said(self):
        owner = self.device.peer()
        owner.state("made/up/gone", 42)
        self.open("element", {"path": "made/up/gone"})
        self.wait_text("42")
        owner.close()
        self.wait_text(re.compile("gone|no longer|removed|not there|does not exist", re.IGNORECASE))
        self.assertEqual(self.state(), "live")
