"""The page from another machine: through jet-tls, over https."""
import re

from selenium.webdriver.common.keys import Keys

from support.case import PageTest


class OverTLS(PageTest):
    device_options = {"with_tls": True}
    insecure = True

    def test_the_page_loads_logs_in_and_works(self):
        self.open(url=self.device.secure_url)
        self.assertTrue(self.driver.current_url.startswith("https://"))
        self.assertTrue(self.browser.run("return isSecureContext"))
        self.wait_text("45.0 °C")
        self.log_in()
        self.open()
        file = "sys/class/leds/backlight:display/brightness"
        before = int(self.device.read(file))
        self.tab_to(self.find("slider", "Brightness of display, backlight"))
        self.press(Keys.ARROW_RIGHT)
        self.wait(lambda: self.device.read(file) == str(before + 1), "the LED follows")
        self.browser.look()
        self.assertTrue(any(url.startswith("wss://") for url in self.browser.requests))
        self.assertFalse([url for url in self.browser.requests if url.startswith(("http://", "ws://"))])

    def test_the_page_comes_back_when_the_daemon_does(self):
        self.expect_lost_connection()
        # The gateway answers meanwhile, but has no daemon to ask.
        self.expected_console.append(r"Failed to load resource")
        self.open(url=self.device.secure_url)
        self.device.kill_daemon()
        self.wait(lambda: self.browser.run("return !document.getElementById('banner').hidden"), "the banner is shown")
        self.wait_text(re.compile("does not answer|cannot be reached"))
        self.device.start_daemon()
        self.wait_live()
