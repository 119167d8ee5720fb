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

    def test_who_floods_the_bus_is_seen_by_peer_and_by_path(self):
        self.log_in()
        self.open("bus")
        self.wait_text("chatterbox")
        self.wait(lambda: re.search(r"chatterbox", self.all("row", re.compile("chatterbox"))[0].text)
                  and int(re.sub(r"\D", "", self.all("row", re.compile("chatterbox"))[0].text.split("%")[1].split()[0]) or 0) > 20,
                  "its rate is shown")
        self.click("tab", "Busiest paths")
        self.wait(lambda: self.all("row", re.compile("made/up/noise")), "the path is shown")

    def test_the_messages_of_the_page_are_seen_and_filtered(self):
        self.open("bus")
        self.click("tab", "Messages of this page")
        self.wait_text(re.compile("info|echo|fetch|peers"))

    def test_without_the_right_it_says_so(self):
        self.open("bus")
        self.wait_text(re.compile("log in|login|right", re.IGNORECASE))
        self.assertNotIn("chatterbox", self.browser.text())

    def test_the_tabs_work_by_keyboard_alone(self):
        self.log_in()
        self.open("bus")
        self.tab_to(self.find("tab", "Peers"))
        self.press(Keys.ARROW_RIGHT)
        self.wait(lambda: self.find("tab", "Busiest paths").get_attribute("aria-selected") == "true", "the next tab is chosen")
