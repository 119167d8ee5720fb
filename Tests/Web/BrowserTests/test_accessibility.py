"""WCAG 2.2 AA as far as a program can tell, for each view: roles, names, contrast, sizes, the order of the focus, narrow
screens, reduced motion."""
from support.accessibility import focus_walk, problems
from support.case import PageTest

LED = "led/rgb:indicator"


class EachView(PageTest):
    device_options = {}

    # Name, address and parameters of each view, first for somebody who is not logged in.
    before_login = [
        ("home without a login", "", {}),
        ("an LED without a login", "element", {"path": LED}),
        ("login", "login", {}),
        ("no view", "nowhere", {}),
    ]
    after_login = [
        ("home", "", {}),
        ("explore", "explore", {}),
        ("a number", "element", {"path": "sensors/coretemp/core-0"}),
        ("an LED", "element", {"path": LED}),
        ("a method", "element", {"path": f"{LED}/blink"}),
        ("what is not there", "element", {"path": "no/such/element"}),
        ("builder", "builder", {}),
        ("bus", "bus", {}),
    ]

    def for_each_view(self, check):
        for name, view, params in self.before_login:
            with self.subTest(name):
                self.open(view, params)
                self.settle()
                check()
        self.log_in()
        for name, view, params in self.after_login:
            with self.subTest(name):
                self.open(view, params)
                self.settle()
                check()

    def settle(self):
        """Waits until the text of the view stays the same, but for numbers."""
        shape = "return document.querySelector('main').innerText.replace(/[\\d.,:]+/g, '#').length"
        seen = []

        def is_still():
            seen.append(self.browser.run(shape))
            return seen[-1] > 0 and len(seen) > 6 and len(set(seen[-6:])) == 1
        self.wait(is_still, "the view stands still")

    def test_roles_names_contrast_and_sizes(self):
        def check():
            for scheme in ("light", "dark"):
                self.browser.media(scheme)
                self.assertEqual(problems(self.browser), [], scheme)
            self.browser.media("light")
        self.for_each_view(check)

    def test_the_focus_goes_everywhere_in_the_order_that_is_seen_and_shows(self):
        def check():
            _, found = focus_walk(self.browser)
            self.assertEqual(found, [])
        self.for_each_view(check)

    def test_a_narrow_screen_does_not_scroll_sideways(self):
        def check():
            for width, height in ((1920, 1080), (640, 450), (390, 844), (320, 640)):
                self.browser.resize(width, height, mobile=width < 400)
                self.wait(lambda: self.browser.run("return document.scrollingElement.scrollWidth - innerWidth") <= 0,
                          lambda width=width: f"{width} pixels are enough: {self.wide(width)}")
                if width == 390:
                    self.assertEqual(problems(self.browser), [], "on a phone")
            self.browser.resize(1280, 900)
        self.for_each_view(check)

    def wide(self, width):
        """What is wider than the screen."""
        return self.browser.run("""
            return [...document.querySelectorAll("body *")].filter(each => each.getBoundingClientRect().right > arguments[0] + 1)
                .slice(0, 8).map(each => `${each.localName}.${each.className} ${Math.round(each.getBoundingClientRect().right)}`)""", width)

    def test_nothing_moves_for_those_who_want_that(self):
        def check():
            moving = self.browser.run("""
                const moves = []
                for (const animation of document.getAnimations()) moves.push(`animation of ${animation.effect?.target?.className}`)
                for (const each of document.querySelectorAll("body *")) {
                    const style = getComputedStyle(each)
                    if (parseFloat(style.transitionDuration) > 0.05) moves.push(`transition of ${each.localName}.${each.className}`)
                    if (style.scrollBehavior === "smooth") moves.push(`smooth scrolling of ${each.localName}`)
                }
                return [...new Set(moves)].slice(0, 10)""")
            self.assertEqual(moving, [])
        self.browser.media(reduced_motion=True)
        self.for_each_view(check)
