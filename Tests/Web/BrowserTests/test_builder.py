"""The fetch builder: a rule by hand, its live result, and the programs that do the same."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

from selenium.webdriver.common.keys import Keys

from support.case import PageTest
from support.device import PATIENCE, WEB, program


class Building(PageTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = cls.device.peer()
        for name, value in (("ann", 3), ("bob", 9), ("cat", 5), ("dan", 1)):
            cls.owner.state(f"score/{name}", value)
            cls.owner.state(f"player/{name}", {"name": name, "points": value})

    def rows(self):
        """The rows of the result: place, path, value."""
        return self.browser.run("""
            return [...document.querySelectorAll("main table tbody tr")].filter(row => row.checkVisibility())
                .map(row => [...row.cells].slice(0, 3).map(cell => cell.innerText.trim()))""")

    def rule(self):
        return json.loads(self.find("textbox", "Rule as JSON").get_attribute("value"))

    def wait_rows(self, *expected):
        self.wait(lambda: self.rows() == [list(each) for each in expected], lambda: f"the rows are {expected}; they are {self.rows()}")

    def type_rule(self, rule):
        self.fill(self.find("textbox", "Rule as JSON"), rule if isinstance(rule, str) else json.dumps(rule))

    def test_one_can_type_on_in_a_choice(self):
        """What follows from a choice is shown beside it: it is still the same control, which takes the next letter."""
        self.open("builder")
        self.click("button", "Add a condition on the path")
        for role_name, typed, text in (("Predicate of condition 1", "eq", "equals"),
                                       ("Predicate of condition 1", "equals one", "equals one of")):
            choice = self.find("combobox", role_name)
            self.tab_to(choice)
            self.press(typed)
            self.assertEqual(self.driver.switch_to.active_element, choice)
            self.assertEqual(self.driver.execute_script("return arguments[0].selectedOptions[0].text", choice), text)
            self.driver.execute_script("return new Promise(done => setTimeout(done, 1200))")
        self.click("checkbox", "Sort, and show a window")
        choice = self.find("combobox", "By")
        self.tab_to(choice)
        self.press("a")
        self.assertEqual(self.driver.switch_to.active_element, choice)
        self.assertTrue(self.find("textbox", "Field"))

    def test_a_sorted_fetch_is_built_and_its_rows_are_seen(self):
        self.open("builder")
        self.click("button", "Add a condition on the path")
        self.choose(self.find("combobox", "Predicate of condition 1"), "starts with")
        self.fill(self.find("textbox", "Operand of condition 1"), "score/")
        self.click("checkbox", "Sort, and show a window")
        self.choose(self.find("combobox", "By"), "value")
        self.click("checkbox", "Largest first")
        self.fill(self.find("textbox", "To place"), "3")
        self.wait_rows(("1", "score/bob", "9"), ("2", "score/cat", "5"), ("3", "score/ann", "3"))
        rule = self.rule()
        self.assertEqual(rule["path"], {"startsWith": "score/"})
        self.assertEqual(rule["sort"]["byValue"], "number")
        self.assertTrue(rule["sort"]["descending"])
        self.assertEqual(rule["sort"]["to"], 3)
        # It is live.
        self.owner.change("score/dan", 7)
        self.wait_rows(("1", "score/bob", "9"), ("2", "score/dan", "7"), ("3", "score/cat", "5"))
        self.owner.change("score/dan", 1)
        self.wait_rows(("1", "score/bob", "9"), ("2", "score/cat", "5"), ("3", "score/ann", "3"))

    def test_the_builder_works_by_keyboard_alone(self):
        self.open("builder")
        self.tab_to(self.find("button", "Add a condition on the path"))
        self.press(Keys.ENTER)
        self.tab_to(self.find("textbox", "Operand of condition 1"))
        self.press("score/")
        self.tab_to(self.find("button", "Add a condition on the value"))
        self.press(Keys.ENTER)
        fields = self.all("combobox", re.compile("^Predicate of condition"))
        self.tab_to(fields[-1])
        self.press("greater")
        self.tab_to(self.all("textbox", re.compile("^Operand of condition"))[-1])
        self.press("4")
        self.wait(lambda: sorted(row[1] for row in self.rows()) == ["score/bob", "score/cat"], lambda: f"two are found: {self.rows()}")

    def test_the_form_follows_the_json(self):
        self.open("builder")
        self.type_rule({"path": {"equals": "score/ann"}})
        self.wait(lambda: [row[1] for row in self.rows()] == ["score/ann"], "one is found")
        self.assertEqual(self.find("textbox", "Operand of condition 1").get_attribute("value"), "score/ann")

    def test_a_rule_that_is_wrong_is_said_and_the_last_result_stays(self):
        self.open("builder")
        self.type_rule({"path": {"equals": "score/ann"}})
        self.wait(lambda: [row[1] for row in self.rows()] == ["score/ann"], "one is found")
        self.type_rule("{")
        self.wait_text("This is not an object in JSON")
        self.assertEqual([row[1] for row in self.rows()], ["score/ann"])
        self.type_rule({"path": {"nonsense": 1}})
        self.wait_text(re.compile("nonsense"))

    def test_the_rule_is_in_the_address(self):
        rule = {"path": {"startsWith": "score/"}, "sort": {"byPath": True, "from": 1, "to": 2}}
        self.open("builder", {"rule": json.dumps(rule)})
        self.wait_rows(("1", "score/ann", "3"), ("2", "score/bob", "9"))
        self.assertEqual(self.rule(), rule)

    # The programs

    def copied(self, language):
        """What the button copies."""
        self.browser.cdp("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
        self.click("button", language)
        self.click("button", "Copy")
        self.wait_text("Copied.")
        text = self.driver.execute_async_script(
            "const done = arguments[0]; navigator.clipboard.readText().then(done, error => done(String(error)))")
        self.assertIn(text.strip()[:40], self.browser.text())
        return text

    def show_sorted(self):
        self.open("builder", {"rule": json.dumps({
            "path": {"startsWith": "score/"}, "sort": {"byValue": "number", "descending": True, "from": 1, "to": 2}})})
        self.wait_rows(("1", "score/bob", "9"), ("2", "score/cat", "5"))

    def lines(self, arguments, count, **options):
        """The first lines that a program prints, before it is ended."""
        process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, **options)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.addCleanup(process.stdout.close)
        return [process.stdout.readline() for _ in range(count)]

    def test_the_command_jet_prints_the_same(self):
        self.show_sorted()
        script = self.copied("jet")
        folder = pathlib.Path(tempfile.mkdtemp(prefix="jet-command-"))
        self.addCleanup(shutil.rmtree, folder)
        (folder / "jet").symlink_to(os.path.realpath(program("jet")))
        environment = dict(os.environ, PATH=f"{folder}:{os.environ['PATH']}", JET_CONNECT=f"unix:{self.device.socket}")
        done = subprocess.run(["/bin/sh", "-c", script], env=environment, capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"(?s)score/bob\s+9.*score/cat\s+5")

    def test_the_program_in_python_prints_the_same(self):
        self.show_sorted()
        text = self.copied("Python").replace("11122", str(self.device.tcp_port))
        [line] = self.lines(["/usr/bin/python3", "-c", text], 1)
        changes = json.loads(line)["changes"]
        self.assertEqual([(each["path"], each["value"]) for each in changes], [("score/bob", 9), ("score/cat", 5)])

    def test_the_program_in_javascript_prints_the_same(self):
        self.show_sorted()
        text = self.copied("JavaScript").replace("ws://localhost:11123/", f"unix:{self.device.socket}")
        folder = pathlib.Path(tempfile.mkdtemp(prefix="jet-program-"))
        self.addCleanup(shutil.rmtree, folder)
        shutil.copy(WEB / "JavaScript/jet.js", folder)
        (folder / "package.json").write_text('{"type": "module"}')
        (folder / "program.js").write_text(text)
        lines = self.lines(["nodejs", str(folder / "program.js")], 2)
        self.assertEqual([line.strip() for line in lines], ["1 score/bob 9", "2 score/cat 5"])
