"""WCAG 2.2 AA as far as a program can tell, for each view: roles, names, contrast, sizes, the order of the focus, narrow
screens, reduced motion."""
from support.accessibility import focus_walk, problems
from support.case import PageTest

LED = "led/rgb:indicator"


class EachView(PageTest):
    device_options = {"with_host": True}

    # Name, address, and whether the view is shown to somebody who is logged in.
    views = [
        ("home", "", {}, True),
        ("home without a login", "", {}, False),
        ("explore", "explore", {}, True),
        ("a number", "element", {"path": "sensors/coretemp/core-0"}, True),
        ("an LED", "element", {"path": LED}, True),
        ("an LED without a login", "element", {"path": LED}, False),
        ("a method", "element", {"path": f"{LED}/blink"}, True),
        ("what is not there", "element", {"path": "no/such/element"}, True),
        ("builder", "builder", {}, True),
        ("bus", "bus", {}, True),
        ("login", "login", {}, False),
        ("no view", "nowhere", {}, False),
    ]

    def each_view(self):
        for name, view, params, has_login in self.views:
            with self.subTest(name):
                self.driver.get("about:blank")
                if has_login:
                    self.log_in()
                self.open(view, params)
                self.settle()
                yield name

    def settle(self):
        """Waits until the text of the view stays the same, but for numbers."""
        shape = "return document.querySelector('main').innerText.replace(/[\\d.,:]+/g, '#').length"
        seen = []

        def is_still():
            seen.append(self.browser.run(shape))
            return seen[-1] > 0 and len(seen) > 6 and len(set(seen[-6:])) == 1
        self.wait(is_still, "the view stands still")

    def test_roles_names_contrast_and_sizes(self):
        for _ in self.each_view():
            for scheme in ("light", "dark"):
                self.browser.media(scheme)
                self.assertEqual(problems(self.browser), [], scheme)
            self.browser.media("light")

    def test_the_focus_goes_everywhere_in_the_order_that_is_seen_and_shows(self):
        for _ in self.each_view():
            _, found = focus_walk(self.browser)
            self.assertEqual(found, [])

    def test_a_narrow_screen_does_not_scroll_sideways(self):
        for _ in self.each_view():
            for width, height in ((1920, 1080), (640, 450), (390, 844), (320, 640)):
                self.browser.resize(width, height, mobile=width < 400)
                excess = "return document.scrollingElement.scrollWidth - innerWidth"
                self.wait(lambda excess=excess: self.browser.run(excess) <= 0,
                          lambda width=width: f"{width} pixels are enough: {self.wide(width)}")
                if width == 390:
                    self.assertEqual(problems(self.browser), [], "on a phone")
            self.browser.resize(1280, 900)

    def wide(self, width):
        """What is wider than the screen."""
        return self.browser.run("""
            return [...document.querySelectorAll("body *")].filter(each => each.getBoundingClientRect().right > arguments[0] + 1)
                .slice(0, 8).map(each => `${each.localName}.${each.className} ${Math.round(each.getBoundingClientRect().right)}`)""", width)

    def test_nothing_moves_for_those_who_want_that(self):
        self.browser.media(reduced_motion=True)
        for _ in self.each_view():
            self.browser.media(reduced_motion=True)
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
