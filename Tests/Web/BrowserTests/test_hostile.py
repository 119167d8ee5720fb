"""Values and paths are what anyone may put on the bus: nothing of it becomes markup, breaks the page or slows it down."""
import re

from support.case import PageTest

MARKUP = '<script>window.hacked = 1</script><img src=x onerror="window.hacked = 1"><style>*{display:none}</style>'
NESTED = 0
for _ in range(100):
    NESTED = [NESTED]

VALUES = {
    "hostile/markup": MARKUP,
    "hostile/long": "x" * 1_000_000,
    "hostile/words": "lorem ipsum " * 80_000,
    "hostile/nested": NESTED,
    "hostile/proto": {"__proto__": {"polluted": True}, "constructor": {"prototype": {"polluted": True}}, "toString": 1},
    "hostile/members": {f"member {at}": at for at in range(20_000)},
    "hostile/list": list(range(50_000)),
    "hostile/rtl": "\u202eevil\u202d \u2066\u200f",
    "hostile/nul": "a\0b\x1b[31m\x07",
    "hostile/surrogates": "\U0001f9e8" * 1000,
    "hostile/huge": 1e308,
    "hostile/javascript": "javascript:window.hacked = 1",
    "hostile/nothing": None,
    "hostile/empty": "",
}
PATHS = [
    MARKUP, "__proto__", "constructor", "hasOwnProperty/toString", "a\0b", "\u202eltr", " ", "/", "//", "/leading", "trailing/", "..", "../../etc",
    "quote\"'`\\", "per%2Fcent%00%", "a?b=c&d#e", "new\nline", "tab\t", "long/" + "y" * 3000, "many" + "/z" * 400, "${t}", "{name}", "\U0001f9e8",
    "led/<b>", "settings/net/\"><b>", "system/update", "network/__proto__",
]
METAS = [
    {"title": MARKUP, "unit": MARKUP, "datatype": "float", "format": "NaN:Infinity:0"},
    {"title": "t" * 100_000, "unit": "u" * 10_000, "datatype": "integer", "format": "5:1:-1"},
    {"datatype": "enum", "format": ",".join(str(at) for at in range(5000))},
    {"datatype": "json", "format": '{"type": "object", "properties": {"a": {"$ref": "#"}}, "pattern": "(a+)+$"}'},
    {"datatype": "json", "format": "{"},
    {"datatype": "color", "format": "hsv"},
    {"datatype": "datetime"},
    {"datatype": "nonsense", "format": "\0"},
    {"datatype": "boolean"},
]


class Hostile(PageTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        peer = cls.device.peer()
        for path, value in VALUES.items():
            peer.state(path, value, lambda value: value)
        for at, path in enumerate(PATHS):
            if peer.get(path) is None:
                peer.state(path, {"at": at, "text": MARKUP})
        for at, meta in enumerate(METAS):
            peer.state(f"hostile/meta/{at}", MARKUP if at % 2 else 1e300, lambda value: value, meta=meta)
            peer.method(f"hostile/method/{at}", lambda args: MARKUP, meta=meta)

    def tearDown(self):
        self.assertFalse(self.browser.run("return window.hacked || ({}).polluted || document.querySelector('main script, main style, main img[onerror]')"))
        super().tearDown()

    def assert_answers(self):
        """The page still works, and what it shows is bounded."""
        self.assertLess(self.browser.run("return document.body.innerText.length"), 60_000)
        self.assertLess(self.browser.run("return document.querySelectorAll('*').length"), 8_000)
        self.assertLess(self.browser.run("return document.scrollingElement.scrollWidth - innerWidth"), 1)
        took = self.driver.execute_async_script(
            "const done = arguments[0], start = performance.now(); requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - start)))")
        self.assertLess(took, 5_000)

    def test_explore_lists_it(self):
        self.open("explore", {"find": "hostile"})
        self.wait_text("/markup")
        self.assert_answers()
        self.open("explore")
        self.wait_text(re.compile(r"\d+ elements"))
        self.assert_answers()
        self.open("explore", {"mode": "tree"})
        self.wait_text("hostile")
        self.assert_answers()

    def test_an_element_shows_each_value(self):
        for path in VALUES:
            with self.subTest(path):
                self.open("element", {"path": path})
                self.wait_text(path.removeprefix("hostile"))
                self.assert_answers()

    def test_an_element_shows_each_path(self):
        for path in PATHS:
            with self.subTest(path[:60]):
                self.open("element", {"path": path})
                self.wait(lambda: self.browser.run("return document.querySelector('main h1')?.isConnected"), "the view is there")
                self.wait(lambda: "window.hacked" in self.browser.text() or "at" in self.browser.text(), "its value is there")
                self.assert_answers()

    def test_editors_and_forms_stand_any_meta(self):
        self.log_in()
        for at in range(len(METAS)):
            for kind in ("meta", "method"):
                with self.subTest(f"{kind} {at}"):
                    self.open("element", {"path": f"hostile/{kind}/{at}"})
                    self.wait(lambda: self.browser.run("return document.querySelector('main h1')?.isConnected"), "the view is there")
                    self.assert_answers()

    def test_home_stands_it(self):
        self.open()
        self.wait(lambda: self.browser.run("return document.querySelector('main h1')?.isConnected"), "the view is there")
        self.assert_answers()
