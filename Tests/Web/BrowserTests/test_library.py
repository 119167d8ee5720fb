"""jet.js as others use it: from the daemon, in a page of their own."""
import re

from support.case import PageTest


class OnesOwnPage(PageTest):
    device_options = {"with_agent": False}

    def test_the_daemon_serves_the_library_and_its_types(self):
        self.open()
        found = self.driver.execute_async_script("""
            const done = arguments[0]
            Promise.all(["/jet.js", "/jet.d.ts"].map(async path => {
                const response = await fetch(path)
                return [response.status, response.headers.get("content-type"), response.headers.get("etag"), (await response.text()).length]
            })).then(done, error => done(String(error)))""")
        for status, kind, tag, length in found:
            self.assertEqual(status, 200)
            self.assertRegex(kind, re.compile("javascript|typescript|text/plain"))
            self.assertTrue(tag)
            self.assertGreater(length, 1000)

    def test_thirty_lines_make_a_page_of_ones_own(self):
        self.peer.state("made/up/level", 42, lambda value: value, meta={"unit": "%"})
        self.open()
        # As a page of the same origin would do it.
        result = self.driver.execute_async_script("""
            const done = arguments[0]
            import("/jet.js").then(async ({ connect }) => {
                const jet = connect()
                await jet.opened()
                const seen = []
                const fetch = jet.fetch({ path: { startsWith: "made/up/" } }, each => seen.push([each.event, each.path, each.value]))
                await fetch.started
                await jet.set("made/up/level", 43)
                const entries = await jet.get({ path: { equals: "made/up/level" } })
                await fetch.end()
                const { name } = jet.info
                jet.close()
                return { seen, value: entries[0].value, name }
            }).then(done, error => done(String(error.stack)))""")
        self.assertIsInstance(result, dict, result)
        self.assertEqual(result["value"], 43)
        self.assertEqual(result["seen"][0], ["add", "made/up/level", 42])
        self.assertIn(["change", "made/up/level", 43], result["seen"])
        self.assertEqual(result["name"], "jetd")
