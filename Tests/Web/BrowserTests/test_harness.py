"""That the tests would see what must not happen."""
from support.case import PageTest


class TheHarness(PageTest):
    device_options = {"with_agent": False}

    def test_the_page_is_quiet_and_asks_only_the_device(self):
        self.open()
        self.browser.look()
        self.assertGreater(len(self.browser.requests), 5)
        self.assertTrue(any(url.startswith("ws://") for url in self.browser.requests))
        self.assertEqual(self.browser.requests_elsewhere(self.device.url), [])

    def test_what_the_page_must_not_do_is_seen(self):
        self.open()
        self.browser.run("""
            const run = body => setTimeout(body, 0)
            run(() => { throw new Error("thrown") })
            run(() => Promise.reject(new Error("rejected")))
            run(() => console.warn("warned"))
            run(() => { fetch("http://192.0.2.1/elsewhere").catch(() => {}) })
            run(() => document.body.append(Object.assign(document.createElement("script"), { text: "inline" })))
            run(() => { document.body.innerHTML += "markup" })""")
        for what in ("thrown", "rejected", "warned", "connect-src", "TrustedScript", "TrustedHTML"):
            self.wait(lambda what=what: self.has_logged(what), f"the console has {what}")
        self.expected_console.append(".")

    def has_logged(self, what):
        self.browser.look()
        return any(what in message for _, message in self.browser.console)
