import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { createServer } from "node:http"
import { Browser } from "./support/browser.mjs"
import { Daemon } from "./support/daemon.mjs"
import { librarySource, peer, test, until } from "./support/test.mjs"

const page = readFileSync(new URL("../../../packaging/man/jet-javascript.7", import.meta.url), "utf8")

/** A file of the example on the manual page. */
function example(name) {
    const [, text] = page.split(`.Pa ${name} :\n.Bd -literal -offset indent\n`)
    return text.split("\n.Ed")[0]
}

/** Serves files on this machine under the policy that Radar has. */
async function serveFiles(t, files, port) {
    const server = createServer((request, response) => {
        const [type, text] = files[request.url] ?? ["text/plain", ""]
        response.writeHead(request.url in files ? 200 : 204, {
            "content-type": `${type}; charset=utf-8`,
            "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self';"
                + ` connect-src ws://localhost:${port}; require-trusted-types-for 'script'; trusted-types 'none'`,
        })
        response.end(text)
    })
    await new Promise(resolve => server.listen(0, "127.0.0.1", resolve))
    t.after(() => {
        server.closeAllConnections()
        server.close()
    })
    return `http://127.0.0.1:${server.address().port}/`
}

test("The dashboard of jet-javascript(7) has thirty lines", () => {
    const lines = `${example("index.html")}\n${example("dashboard.js")}`.split("\n").filter(line => line !== "")
    assert.ok(lines.length <= 30, `${lines.length}`)
})

test("The dashboard of jet-javascript(7) shows what changes, sets a State, and outlasts the daemon", async t => {
    const daemon = await Daemon.start(t)
    const owner = peer(t, daemon)
    const led = owner.addState("led/ACT", { trigger: "none" }, { set: value => value })
    const state = owner.addState("<b>hostile</b>", "<img src=x onerror=alert(1)>")
    owner.addMethod("method", () => {})
    await state.added
    const url = await serveFiles(t, {
        "/": ["text/html", example("index.html")],
        "/dashboard.js": ["text/javascript", example("dashboard.js").replace(":11123/", `:${daemon.port}/`)],
        "/jet.js": ["text/javascript", librarySource],
    }, daemon.port)
    const browser = await Browser.start(t)
    await browser.open(url)
    const rows = () => browser.run("return [...document.querySelectorAll('tr')].map(row => row.innerText)")
    const shown = text => until(async () => (await rows()).sort().join("\n") === text)
    await shown('<b>hostile</b>\t"<img src=x onerror=alert(1)>"\nled/ACT\t{"trigger":"none"}')
    state.value = 7
    await shown('<b>hostile</b>\t7\nled/ACT\t{"trigger":"none"}')
    await state.remove()
    await browser.run("document.querySelector('button').click()")
    await shown('led/ACT\t{"trigger":"heartbeat"}')
    assert.deepEqual(led.value, { trigger: "heartbeat" })
    assert.deepEqual(await browser.console(), [])
    const status = () => browser.run("return document.getElementById('status').textContent")
    assert.equal(await status(), "open")
    await daemon.kill()
    await until(async () => (await status()) !== "open")
    await browser.run("document.querySelector('button').click()")
    await until(async () => /no connection|cannot be reached/.test(await status()))
    led.value = { trigger: "after" }
    await daemon.start()
    await shown('led/ACT\t{"trigger":"after"}')
    // Chromium writes a line for each connection that fails.
    for (const line of await browser.console()) assert.match(line, /WebSocket connection to .* failed|Failed to load/)
})
