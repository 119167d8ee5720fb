"""One element: its value, the editor that its meta asks for, what became of a set, Methods, and the history."""
import json
import re
import tempfile
import pathlib

from selenium.webdriver import ActionChains
from selenium.webdriver.common.keys import Keys

from support.case import PageTest
from support.peer import Refused

ACCESS = {"access": {"setGroups": ["operator"], "callGroups": ["operator"]}}
SCHEMA = json.dumps({"type": "object", "required": ["name"], "additionalProperties": False, "properties": {
    "name": {"type": "string", "minLength": 2}, "count": {"type": "integer", "minimum": 1, "maximum": 9},
    "loud": {"type": "boolean"}, "mode": {"enum": ["slow", "fast"]}}})


def at_most_50(value):
    if value > 90:
        raise Refused({"code": -32602, "message": "The bearing is hot.", "data": {"reason": "is hot"}})
    return min(value, 50)


class OneElement(PageTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = owner = cls.device.peer()

        def settable(path, value, meta, take=lambda value: value):
            owner.state(path, value, take, meta=meta, **ACCESS)
        settable("machine/speed", 10, {"title": "Speed", "unit": "rpm", "datatype": "integer", "format": "0:100:1"}, at_most_50)
        settable("machine/open", 3.5, {"title": "Free number", "datatype": "float"})
        settable("machine/on", False, {"title": "Running", "datatype": "boolean"})
        settable("machine/mode", "slow", {"title": "Mode", "datatype": "enum", "format": "slow,fast,reverse"})
        settable("machine/colour", "255,0,0", {"title": "Colour", "datatype": "color", "format": "rgb"})
        settable("machine/label", "Press 7", {"title": "Label", "datatype": "string"})
        settable("machine/date", "2026-11-30T18:00:00Z", {"title": "Next service", "datatype": "datetime"})
        settable("machine/recipe", {"name": "bread", "count": 2}, {"title": "Recipe", "datatype": "json", "format": SCHEMA})
        settable("machine/anything", [1, "two"], {"title": "Anything"})
        owner.state("machine/fixed", 7, meta={"title": "Fixed", "datatype": "integer"})
        owner.method("machine/mix", lambda args: {"mixed": args}, meta={"title": "Mix", "datatype": "json", "format": SCHEMA}, **ACCESS)
        owner.method("machine/fail", lambda args: refuse("the drum is empty"), meta={"title": "Fail"}, **ACCESS)

    def setUp(self):
        super().setUp()
        self.log_in()

    def show(self, path):
        self.open("element", {"path": path})
        self.wait(lambda: path in self.browser.text(), f"{path} is shown")

    def wait_owner(self, path, value):
        self.wait(lambda: self.owner.values[path] == value, lambda: f"{path} is {value!r}; it is {self.owner.values[path]!r}")

    # Values

    def test_a_change_is_seen_with_its_age(self):
        self.show("machine/fixed")
        self.wait_text(re.compile("no change for at least"))
        self.owner.change("machine/fixed", 8)
        self.wait_text(re.compile("changed just now|changed . s ago"))
        self.owner.change("machine/fixed", 7)

    def test_what_is_read_only_looks_so(self):
        self.show("machine/fixed")
        self.wait_text("read-only")
        self.assertFalse(self.all("button", "Set"))

    # Editors

    def test_a_number_is_set_by_slider_and_by_field(self):
        self.show("machine/speed")
        slider = self.find("slider", re.compile("^(?!Cursor)"))
        self.tab_to(slider)
        self.press(Keys.ARROW_RIGHT)
        self.press(Keys.TAB)
        self.set_if_asked()
        self.wait_owner("machine/speed", 11)
        field = self.find("spinbutton")
        self.fill(field, "20")
        self.press(Keys.ENTER)
        self.wait_owner("machine/speed", 20)
        self.owner.change("machine/speed", 10)

    def set_if_asked(self):
        """Presses Set, if this editor has it."""
        if self.all("button", "Set"):
            self.click("button", "Set")

    def test_enter_in_the_field_of_a_slider_asks_once(self):
        self.show("machine/speed")
        field = self.find("spinbutton")
        before = len(self.owner.requests)
        self.fill(field, "30")
        self.press(Keys.ENTER)
        self.wait_owner("machine/speed", 30)
        self.wait_text("Taken")
        asked = [request for request in self.owner.requests[before:] if request["method"] == "machine/speed"]
        self.assertEqual(len(asked), 1)
        self.owner.change("machine/speed", 10)

    def test_what_the_owner_has_adjusted_and_refused_is_said(self):
        self.show("machine/speed")
        field = self.find("spinbutton")
        self.fill(field, "60")
        self.press(Keys.ENTER)
        self.wait_text(re.compile("adjusted|taken as 50", re.IGNORECASE))
        self.wait_owner("machine/speed", 50)
        self.fill(self.find("spinbutton"), "95")
        self.press(Keys.ENTER)
        self.wait_text(re.compile("bearing is hot"))
        self.wait_text(re.compile("Refused"))
        self.wait_owner("machine/speed", 50)
        self.owner.change("machine/speed", 10)

    def test_a_number_without_bounds_is_a_field(self):
        self.show("machine/open")
        self.fill(self.wait(lambda: self.all("spinbutton") or self.all("textbox", re.compile("Free|Value")), "there is a field")[0], "-2.25")
        self.press(Keys.ENTER)
        self.wait_owner("machine/open", -2.25)

    def test_a_switch(self):
        self.show("machine/on")
        self.tab_to(self.find("switch"))
        self.press(Keys.SPACE)
        self.wait_owner("machine/on", True)

    def test_a_choice(self):
        self.show("machine/mode")
        choice = self.find("combobox", re.compile("^(?!Add)"))
        self.tab_to(choice)
        self.press("fast")
        self.press(Keys.TAB)
        self.set_if_asked()
        self.wait_owner("machine/mode", "fast")

    def test_a_colour(self):
        self.show("machine/colour")
        colour = self.wait(lambda: self.browser.run("return document.querySelector('main input[type=color]')"), "a colour can be chosen")
        # The dialog of the browser for colours is no part of the page.
        self.browser.run("arguments[0].value = '#00ff80'; arguments[0].dispatchEvent(new Event('input', { bubbles: true }));"
                         "arguments[0].dispatchEvent(new Event('change', { bubbles: true }))", colour)
        self.set_if_asked()
        self.wait_owner("machine/colour", "0,255,128")

    def test_a_text(self):
        self.show("machine/label")
        field = self.find("textbox", re.compile("^(?!Add)"))
        self.fill(field, "Press 8 <b>")
        self.press(Keys.TAB)
        self.set_if_asked()
        self.wait_owner("machine/label", "Press 8 <b>")

    def test_a_form_from_a_schema_sends_what_was_changed_and_shows_what_is_wrong(self):
        self.show("machine/recipe")
        field = self.find("textbox", re.compile("^name"))
        self.fill(field, "x")
        self.click("button", "Set")
        self.wait_text("must have at least 2 characters")
        self.wait_owner("machine/recipe", {"name": "bread", "count": 2})
        self.fill(field, "cake")
        self.click("button", "Set")
        self.wait(lambda: self.owner.values["machine/recipe"].get("name") == "cake",
                  lambda: f"the recipe is a cake; it is {self.owner.values['machine/recipe']}")

    def test_json_is_edited_by_hand(self):
        self.show("machine/anything")
        field = self.find("textbox", re.compile("^(?!Add)"))
        self.fill(field, "[1, 2")
        self.click("button", "Set")
        self.wait_text(re.compile("not JSON"))
        self.fill(field, '{"three": [null, true]}')
        self.click("button", "Set")
        self.wait_owner("machine/anything", {"three": [None, True]})

    def test_the_value_of_another_does_not_overwrite_what_one_types(self):
        self.show("machine/label")
        field = self.find("textbox", re.compile("^(?!Add)"))
        self.fill(field, "being typed")
        self.owner.change("machine/label", "by another")
        self.wait_text("by another")
        self.assertEqual(field.get_attribute("value"), "being typed")

    # Methods

    def test_a_method_is_called_by_a_form_and_shows_its_result_and_time(self):
        self.show("machine/mix")
        self.fill(self.find("textbox", re.compile("^name")), "dough")
        self.fill(self.find("spinbutton", re.compile("^count")), "3")
        self.click("button", "Call")
        self.wait(lambda: "dough" in self.browser.text() and re.search(r"\d ms|\d s", self.browser.text()), "the result is shown")
        self.assertEqual(self.owner.requests[-1]["params"]["name"], "dough")
        self.assertEqual(self.owner.requests[-1]["params"]["count"], 3)

    def test_a_method_that_fails_says_why(self):
        self.show("machine/fail")
        self.click("button", "Call")
        self.wait_text("the drum is empty")

    def test_a_form_that_is_not_complete_is_not_sent(self):
        self.show("machine/mix")
        before = len(self.owner.requests)
        self.find("textbox", re.compile("^name"))
        self.click("button", "Call")
        self.wait(lambda: self.browser.run("return document.querySelector('main [aria-invalid=true], main :invalid')"), "the field is marked")
        self.assertEqual(len(self.owner.requests), before)

    # History

    def test_the_chart_has_a_cursor_a_table_and_exports(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="jet-downloads-"))
        self.browser.cdp("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(folder))
        self.show("machine/fixed")
        for value in (1, 2, 3, 4):
            self.owner.change("machine/fixed", value)
            self.wait_text(re.compile(rf"^{value}$", re.MULTILINE))
        plot = self.find("slider", "Cursor of the chart")
        self.tab_to(plot)
        self.press(Keys.ARROW_LEFT)
        self.wait(lambda: re.search(r"fixed.*\d|\d", plot.get_attribute("aria-valuetext") or ""), "the cursor says the value")
        ActionChains(self.driver).move_to_element(plot).perform()
        self.click("button", "Table")
        table = self.find("table")
        self.wait(lambda: len(table.find_elements("css selector", "tr")) > 3, "the table has the changes")
        self.click("button", "CSV")
        csv = self.wait(lambda: [file for file in folder.glob("*.csv") if file.stat().st_size], "there is a CSV file")[0]
        self.assertRegex(csv.read_text(), r"(?s)fixed.*\b4\b")
        self.click("button", "PNG")
        png = self.wait(lambda: [file for file in folder.glob("*.png") if file.stat().st_size], "there is a PNG file")[0]
        self.assertEqual(png.read_bytes()[:8], b"\x89PNG\r\n\x1a\n")

    def test_the_chart_pauses_is_cleared_and_takes_another_path(self):
        self.show("machine/fixed")
        self.click("button", "Pause")
        self.click("button", "Resume")
        self.click("button", "Clear")
        self.fill(self.find("combobox", "Add a path"), "machine/speed")
        self.press(Keys.ENTER)
        self.find("button", re.compile("^machine/speed"))


def refuse(reason):
    raise Refused({"code": -32000, "message": reason})


class WithoutTheRight(PageTest):
    def test_an_element_says_why_it_cannot_be_set_and_the_daemon_refuses_a_forced_set(self):
        self.peer.state("machine/speed", 10, lambda value: value, meta={"datatype": "integer", "format": "0:100"}, **ACCESS)
        self.peer.method("machine/mix", lambda args: args, meta={"title": "Mix"}, **ACCESS)
        self.open("element", {"path": "machine/speed"})
        self.wait_text("Read-only without a login")
        for control in self.all("slider", re.compile("^(?!Cursor)")) + self.all("spinbutton") + self.all("button", "Set"):
            self.assertTrue(self.is_disabled(control))
        error = self.driver.execute_async_script("""
            const done = arguments[0]
            import(document.querySelector("script[type=module]").src.replace("app.js", "session.js")).then(({ session }) =>
                session.jet.set("machine/speed", 99)).then(() => done("taken"), error => done(error.key ?? error.message))""")
        self.assertIn(error, ("noAccess", "fetchOnly"))
        self.assertEqual(self.peer.values["machine/speed"], 10)
        self.open("element", {"path": "machine/mix"})
        self.wait_text("Calling it needs a login")
        self.assertTrue(all(self.is_disabled(each) for each in self.all("button", "Call")))

    def test_a_guest_is_refused_by_name(self):
        self.peer.state("machine/door", False, lambda value: value, meta={"datatype": "boolean"}, **ACCESS)
        self.log_in("guest", "guest")
        self.open("element", {"path": "machine/door"})
        self.wait_text("Read-only for guest")
