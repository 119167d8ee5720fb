"""Logging in and out, and what one may not do."""
import re

from selenium.webdriver.common.keys import Keys

from support.case import PageTest


class LoggingIn(PageTest):
    def setUp(self):
        super().setUp()
        self.open()

    def test_one_logs_in_and_out(self):
        self.click("link", "Log in")
        self.fill(self.find("textbox", "User"), "admin")
        self.fill(self.find("textbox", "Password"), "radar")
        self.click("button", "Log in")
        self.wait(lambda: self.browser.run("return location.hash") in ("", "#/"), "one is where one came from")
        menu = self.find("button", re.compile("^admin"))
        self.click(menu)
        self.wait_text("Logged in as admin")
        self.click("button", "Log out")
        self.find("link", "Log in")
        self.wait_gone("button", re.compile("^admin"))
        self.wait_live()

    def test_logging_in_and_out_works_by_keyboard_alone(self):
        self.tab_to(self.find("link", "Log in"))
        self.press(Keys.ENTER)
        self.tab_to(self.find("textbox", "User"))
        self.press("guest", Keys.TAB, "guest", Keys.ENTER)
        menu = self.find("button", re.compile("^guest"))
        self.tab_to(menu)
        self.press(Keys.ENTER)
        self.tab_to(self.find("button", "Log out"))
        self.press(Keys.ENTER)
        self.find("link", "Log in")

    def test_a_wrong_password_and_an_unknown_user_are_refused_alike(self):
        self.open("login")
        for user, password in (("admin", "wrong"), ("somebody", "radar")):
            self.fill(self.find("textbox", "User"), user)
            self.fill(self.find("textbox", "Password"), password)
            self.press(Keys.ENTER)
            self.wait_text("The user or the password is wrong")
            self.wait(lambda: not self.browser.all("button", "Log in")[0].get_attribute("aria-disabled"), "the form is ready")
        # The page goes on without a login.
        self.open("")
        self.find("link", "Log in")

    def test_a_login_holds_over_a_restart_of_the_daemon(self):
        self.expect_lost_connection()
        self.log_in()
        self.device.kill_daemon()
        self.wait(lambda: self.browser.run("return document.getElementById('status').dataset.state") != "live", "the page sees it")
        self.device.start_daemon()
        self.wait_live()
        self.find("button", re.compile("^admin"))

    def test_no_secret_is_stored_or_in_the_address(self):
        self.log_in()
        stored = self.browser.run(
            "return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href, history.state])")
        self.assertNotIn("radar\"", stored.replace("radar-", ""))
        self.assertEqual(self.browser.run("return (async () => (await indexedDB.databases()).length)()"), 0)
        self.browser.look()
        self.assertFalse([url for url in self.browser.requests if "password" in url])

    def test_the_password_is_changed(self):
        self.log_in("guest", "guest")
        self.click("button", re.compile("^guest"))
        self.click("button", "Change password")
        dialog = self.find("dialog", "Change password")
        self.fill(self.find("textbox", "New password", dialog), "guest")
        self.fill(self.find("textbox", "New password again", dialog), "other")
        self.click("button", "Change", dialog)
        self.wait_text("The two are not the same")
        self.fill(self.find("textbox", "New password again", dialog), "guest")
        self.click("button", "Change", dialog)
        self.wait_gone("dialog")
