"""Network settings: the form, the countdown, and the ways in which it ends."""
import re

from selenium.webdriver import ActionChains
from selenium.webdriver.common.keys import Keys

from support.case import PageTest

ADDRESS = "192.0.2.7/24"


class Settings(PageTest):
    device_options = {"with_host": True}

    def setUp(self):
        super().setUp()
        # As before any change: a change that a test has left is undone.
        if self.peer.get("settings/net/pending"):
            self.peer.request("call", {"path": "settings/net/rollback", "args": {}})
        if self.peer.get("settings/net/eth0")["mode"] != "dhcp":
            answer = self.peer.request("set", {"path": "settings/net/eth0", "value": {"mode": "dhcp", "addresses": [], "gateway": None}})
            self.peer.request("call", {"path": "settings/net/confirm", "args": {"token": answer["pending"]["token"]}})
        self.log_in()
        self.open()

    def mode(self):
        return self.peer.get("settings/net/eth0")["mode"]

    def fill_form(self, addresses=ADDRESS):
        self.click("link", "Settings of eth0")
        dialog = self.find("dialog", "Settings of eth0")
        self.click("radio", "Fixed", dialog)
        self.fill(self.find("textbox", "Addresses", dialog), addresses)
        self.fill(self.find("textbox", "Gateway", dialog), "192.0.2.1")
        self.click("button", "Review …", dialog)
        return dialog

    def try_settings(self):
        dialog = self.fill_form()
        self.click("button", "Try these settings", dialog)
        self.wait_gone("dialog")
        self.wait_text("Keep the new settings of eth0?")

    def test_settings_are_tried_counted_down_and_confirmed(self):
        dialog = self.fill_form()
        self.find("heading", "What will change", dialog)
        self.assertIn(ADDRESS, dialog.text)
        self.click("button", "Try these settings", dialog)
        self.wait_text("Keep the new settings of eth0?")
        count = self.find("timer").text
        self.wait(lambda: self.find("timer").text != count, "the countdown counts")
        self.assertRegex(count, r"min|s")
        # By keyboard: the focus is where one goes on, and not lost with the button.
        in_focus = "return document.activeElement.closest('.pending') !== null"
        self.wait(lambda: self.browser.run(in_focus), "the focus is led to what is to be confirmed")
        self.tab_to(self.find("button", "Confirm"), limit=3)
        self.press(Keys.ENTER)
        self.wait_text("The new settings of eth0 are kept")
        self.wait(lambda: self.browser.run(in_focus), "the focus is at the result")
        self.assertEqual(self.mode(), "static")
        self.assertIsNone(self.peer.get("settings/net/pending"))
        self.assertEqual(self.peer.get("settings/net/last")["result"], "confirmed")

    def test_fixed_settings_begin_with_what_the_link_has(self):
        link = self.peer.get("network/eth0")
        if self.peer.get("network/default-route") is None:
            self.peer.state("network/default-route", {"inet": {"gateway": "192.0.2.1", "link": "eth0"}, "inet6": None})
        route = self.peer.get("network/default-route")
        if (route.get("inet") or {}).get("gateway"):
            self.wait_text(route["inet"]["gateway"])
        self.click("link", "Settings of eth0")
        dialog = self.find("dialog", "Settings of eth0")
        self.click("radio", "Fixed", dialog)
        present = [f"{one['address']}/{one['prefixLength']}" for one in link["addresses"]
                   if one["scope"] == "global" and ":" not in one["address"]]
        field = self.find("textbox", "Addresses", dialog)
        self.assertEqual(field.get_property("value").split(), present)
        gateway = route["inet"]["gateway"] if (route.get("inet") or {}).get("link") == "eth0" else ""
        self.assertEqual(self.find("textbox", "Gateway", dialog).get_property("value"), gateway)
        self.fill(self.find("textbox", "Addresses", dialog), ADDRESS)
        self.fill(self.find("textbox", "Gateway", dialog), "")
        self.click("button", "Review …", dialog)
        self.wait_text("There is no gateway")
        self.click("button", "Back", dialog)
        # What was proposed goes with the mode, what one has written stays.
        self.click("radio", "Automatic (DHCP)", dialog)
        self.assertEqual(self.find("textbox", "Name servers", dialog).get_property("value"), "")
        self.click("radio", "Fixed", dialog)
        self.assertEqual(self.find("textbox", "Addresses", dialog).get_property("value"), ADDRESS)

    def test_one_rolls_back_oneself(self):
        self.try_settings()
        self.click("button", "Roll back now")
        self.wait_text("The settings of eth0 were rolled back")
        self.wait_text("Everything is as it was before")
        self.assertEqual(self.mode(), "dhcp")

    def test_mistakes_are_shown_at_their_fields_and_nothing_is_sent(self):
        dialog = self.fill_form("192.0.2.300/24")
        self.wait_text("192.0.2.300/24 is not an IPv4 or IPv6 address")
        field = self.find("textbox", "Addresses", dialog)
        self.assertEqual(field.get_attribute("aria-invalid"), "true")
        self.assertEqual(self.browser.run("return document.activeElement"), field)
        self.assertEqual(self.mode(), "dhcp")

    def test_a_refusal_of_the_owner_is_shown_at_its_field(self):
        dialog = self.fill_form("192.0.2.7/24\n198.51.100.9/24")
        self.click("button", "Try these settings", dialog)
        self.wait_text("is used by another machine")
        self.assertEqual(self.mode(), "dhcp")
        self.press(Keys.ESCAPE)

    def test_the_connection_ends_during_the_countdown_and_comes_back(self):
        self.expect_lost_connection()
        self.try_settings()
        self.device.kill_daemon()
        self.wait_text("The connection ended while new settings are tried")
        self.device.start_daemon()
        self.device.peer().state("network/eth0", {"index": 2, "state": "UP", "carrier": True, "flags": [], "addresses": []})
        self.wait_live()
        self.wait_text("Keep the new settings of eth0?")
        # Its owner comes back on its own.
        self.wait(lambda: not self.is_disabled(self.find("button", "Confirm")), "one can confirm")
        self.click("button", "Confirm")
        self.wait_text("The new settings of eth0 are kept")
        self.assertEqual(self.mode(), "static")

    def test_another_page_of_the_same_user_confirms(self):
        # As over the new address, where the page has another origin and knows nothing of the first one.
        self.try_settings()
        self.driver.get("about:blank")
        self.open(url=self.device.url.replace("localhost", "127.0.0.1"))
        self.wait_text("Keep the new settings of eth0?")
        self.log_in_here()
        self.click("button", "Confirm")
        self.wait_text("The new settings of eth0 are kept")
        self.assertEqual(self.mode(), "static")

    def log_in_here(self):
        self.click("link", "Log in")
        self.fill(self.find("textbox", "User"), "admin")
        self.fill(self.find("textbox", "Password"), "radar")
        self.press(Keys.ENTER)
        self.find("button", re.compile("^admin"))

    def test_the_form_works_by_keyboard_alone(self):
        self.tab_to(self.find("link", "Settings of eth0"))
        self.press(Keys.ENTER)
        dialog = self.find("dialog", "Settings of eth0")
        self.tab_to(self.find("radio", "Automatic (DHCP)", dialog))
        self.press(Keys.ARROW_DOWN)
        self.tab_to(self.find("textbox", "Addresses", dialog))
        # What the link has now stands there.
        ActionChains(self.driver).key_down(Keys.CONTROL).send_keys("a").key_up(Keys.CONTROL).send_keys(ADDRESS).perform()
        self.tab_to(self.find("button", "Review …", dialog))
        self.press(Keys.ENTER)
        self.tab_to(self.find("button", "Try these settings", dialog))
        self.press(Keys.ENTER)
        self.wait_text("Keep the new settings of eth0?")
        self.tab_to(self.find("button", "Confirm"))
        self.press(Keys.ENTER)
        self.wait_text("The new settings of eth0 are kept")
        self.assertEqual(self.mode(), "static")


class TimeOut(PageTest):
    device_options = {"with_host": True, "host_options": ("--longest", "4")}

    def test_what_is_not_confirmed_in_time_is_rolled_back_and_the_page_says_so(self):
        self.log_in()
        self.open()
        Settings.try_settings(self)
        self.wait_text("The settings of eth0 were rolled back")
        self.wait_text("it was not confirmed in time")
        self.assertEqual(self.peer.get("settings/net/eth0")["mode"], "dhcp")
        self.assertEqual(self.peer.get("settings/net/last")["result"], "rolled-back")

    fill_form = Settings.fill_form
