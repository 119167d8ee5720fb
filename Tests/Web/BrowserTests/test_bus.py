"""The bus: its load, who causes it, and the messages of the page."""
import re
import threading

from selenium.webdriver.common.keys import Keys

from support.case import PageTest


class TheBus(PageTest):
    def setUp(self):
        super().setUp()
        self.owner = self.device.peer()
        self.owner.request("config", {"name": "chatterbox"})
        self.owner.state("made/up/noise", 0)
        self.is_loud = True
        self.thread = threading.Thread(target=self.be_loud)
        self.thread.start()

    def tearDown(self):
        self.is_loud = False
        self.thread.join()
        super().tearDown()
        self.owner.close()

    def be_loud(self):
        pause, count = threading.Event(), 0
        while self.is_loud:
            count += 1
            self.owner.change("made/up/noise", count)
            pause.wait(0.005)

    def rows(self):
        """The rows of the table, as lists of the texts of their cells."""
        return self.browser.run("""
            return [...document.querySelectorAll("main table tbody tr")].filter(row => row.checkVisibility())
                .map(row => [...row.cells].map(cell => cell.innerText))""")

    def row(self, text):
        return next((row for row in self.rows() if text in row[0]), None)

    def test_who_floods_the_bus_is_seen(self):
        self.log_in()
        self.open("bus")
        self.wait(lambda: (row := self.row("chatterbox")) and float(row[2].replace(",", "").replace("–", "0")) > 20,
                  lambda: f"the rate of the peer is shown: {self.row('chatterbox')}")

    def test_which_path_floods_the_bus_is_counted(self):
        self.open("bus", {"tab": "paths"})
        self.click("button", "Count changes")
        self.wait(lambda: self.row("made/up/noise"), lambda: f"the path is shown: {self.rows()[:5]}")

    def test_the_messages_of_the_page_are_seen_and_filtered(self):
        def messages():
            return [each.text for each in self.all("listitem", within=self.driver.find_element("tag name", "main"))]
        self.open("bus")
        self.click("link", re.compile("^Messages"))
        self.wait(lambda: any("info" in each and "request" in each for each in messages()), "the messages are shown")
        self.fill(self.find("searchbox", "Messages with this text"), "nothing of this kind")
        self.wait(lambda: not messages(), "they are filtered")

    def test_without_the_right_it_says_so(self):
        self.open("bus")
        self.wait_text("Only operators see who is connected")
        self.assertNotIn("chatterbox", self.browser.text())
        self.find("link", "Log in", self.driver.find_element("tag name", "main"))

    def test_the_parts_work_by_keyboard_alone(self):
        self.open("bus")
        self.tab_to(self.find("link", "Busiest paths"))
        self.press(Keys.ENTER)
        self.tab_to(self.find("button", "Count changes"))
        self.press(Keys.ENTER)
        self.wait(lambda: self.row("made/up/noise"), "the path is shown")
