"""Explore: the list and the tree of all States and Methods, which show only what is asked for."""
import json
import re

from selenium.webdriver.common.keys import Keys

from support.case import PageTest

COUNT = 3000


class Exploring(PageTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = cls.device.peer()
        for start in range(0, COUNT, 500):
            cls.owner.send([{"method": "add", "params": {
                "path": f"plant/{at // 100:02}/{at % 100:02}", "value": at, "fetchOnly": True,
                "meta": {"unit": "rpm", "datatype": "integer"}}} for at in range(start, start + 500)])
        cls.owner.request("echo")

    def rows(self):
        return self.browser.run(
            "return [...document.querySelectorAll('main [role=row]')].filter(each => each.checkVisibility() && each.querySelector('[role=gridcell]'))"
            ".map(each => each.innerText)")

    def test_the_tree_opens_down_to_the_element_of_the_address(self):
        self.open("explore", {"mode": "tree", "path": "sensors/coretemp/package-id-0"})
        self.wait(lambda: self.driver.execute_script(
            "return [...document.querySelectorAll('.entry:not([hidden]) .path .tail')].some(each => each.textContent === 'package-id-0')"),
            "the row of the element is shown")

    def test_a_bus_that_is_too_large_to_filter_says_so(self):
        owner = self.device.peer()
        self.addCleanup(owner.close)
        for start in range(0, 20_500, 500):
            owner.send([{"method": "add", "params": {"path": f"many/{at}", "value": at, "fetchOnly": True}}
                        for at in range(start, start + 500)])
        owner.request("echo")
        self.open("explore", {"type": "method"})
        self.wait_text("too many elements")
        self.assertEqual(self.rows(), [])
        owner.close()
        self.wait(lambda: self.owner.request("info")["statistics"]["elements"] < 20_000, "the many elements are gone")

    def test_all_elements_are_listed_with_value_unit_and_kind(self):
        self.open("explore")
        self.wait(lambda: any("cpu\n/temperature" in row and "45 °C" in row and "read-only" in row for row in self.rows()),
                  "the temperature is listed")
        self.wait(lambda: any("led/rgb:indicator\n/blink" in row and "Method" in row for row in self.rows()), "a Method is listed")
        total = self.owner.request("info")["statistics"]["elements"]
        self.wait_text(f"{total:,} elements")

    def test_only_what_is_visible_is_fetched_and_shown(self):
        self.open("explore")
        self.wait(lambda: len(self.rows()) > 5, "rows are shown")
        self.assertLess(len(self.rows()), 200)
        self.browser.look()
        fetches = [message for text in self.browser.sent for message in flattened(text) if message.get("method") == "fetch"]
        windows = [each["params"]["sort"] for each in fetches if "sort" in each.get("params", {})]
        self.assertTrue(windows)
        self.assertTrue(all(window["to"] - window["from"] < 400 for window in windows), windows)
        self.assertTrue(any("interval" in each["params"] for each in fetches), fetches)

    def test_a_value_that_changes_is_seen(self):
        self.open("explore", {"find": "plant/00/07"})
        self.wait(lambda: any("plant/00\n/07" in row and "7 rpm" in row for row in self.rows()), "the State is found")
        self.owner.change("plant/00/07", 4711)
        self.wait(lambda: any("4,711 rpm" in row for row in self.rows()), "the new value is seen")
        self.owner.change("plant/00/07", 7)

    def test_one_finds_by_typing(self):
        self.open("explore")
        self.fill(self.find("searchbox"), "core-1")
        self.wait(lambda: len(self.rows()) == 1 and "/core-1" in self.rows()[0], "one is found")
        self.fill(self.find("searchbox"), "nothing of this kind")
        self.wait(lambda: not self.rows(), "nothing is found")
        self.fill(self.find("searchbox"), "")
        self.wait(lambda: len(self.rows()) > 5, "all are back")

    def test_one_chooses_the_kind(self):
        self.open("explore")
        kind = self.find("combobox", "Show")
        kind.send_keys("Methods")
        self.wait(lambda: self.rows() and all("Method" in row for row in self.rows()), "only Methods are shown")

    def test_one_scrolls_to_the_last(self):
        self.open("explore", {"find": "plant/"})
        self.wait(lambda: len(self.rows()) > 5, "rows are shown")
        self.find("grid").click()
        self.press(Keys.END)
        self.wait(lambda: any("plant/29\n/99" in row and "2,999 rpm" in row for row in self.rows()), "the last is seen")
        self.assertLess(len(self.rows()), 200)
        self.press(Keys.HOME)
        self.wait(lambda: any("plant/00\n/00" in row for row in self.rows()), "the first is seen")

    def test_the_tree_opens_by_keyboard_alone(self):
        self.open("explore", {"mode": "tree"})
        grid = self.find("treegrid")
        self.wait(lambda: any("cpu" in row.split("\n") for row in self.rows()), "the first level is shown")
        first_level = len(self.rows())
        self.assertLess(first_level, 30)
        while self.browser.run("return document.activeElement") != grid:
            self.press(Keys.TAB)
        self.press(Keys.HOME)
        # The first is that of the agent, the second that of the processor.
        self.press(Keys.ARROW_DOWN)
        self.press(Keys.ARROW_RIGHT)
        self.wait(lambda: len(self.rows()) > first_level and any("temperature" in row for row in self.rows()), "cpu is open")
        self.press(Keys.ARROW_LEFT)
        self.wait(lambda: len(self.rows()) == first_level, "cpu is closed")

    def test_one_opens_an_element_by_keyboard_alone(self):
        self.open("explore", {"find": "coretemp/core-1"})
        self.wait(lambda: len(self.rows()) == 1, "one is found")
        grid = self.find("grid")
        while self.browser.run("return document.activeElement") != grid:
            self.press(Keys.TAB)
        self.press(Keys.ENTER)
        self.wait(lambda: re.search("core-1", self.browser.run("return decodeURIComponent(location.hash)")) and
                  "46 °C" in self.browser.text(), "the element is shown")


def flattened(text):
    """The messages of a frame, of which a batch has several."""
    message = json.loads(text)
    return message if isinstance(message, list) else [message]
