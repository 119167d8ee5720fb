import { spawn } from "node:child_process"
import { createInterface } from "node:readline"

const driver = "/usr/bin/chromedriver"

/** Chromium, through its driver and the WebDriver protocol. */
export class Browser {
    #base
    #session

    static async start(t) {
        const child = spawn(driver, ["--port=0"], { stdio: ["ignore", "pipe", "inherit"] })
        const browser = new Browser()
        t.after(async () => {
            if (browser.#session) await browser.#send("", undefined, "DELETE")
            child.kill()
        })
        for await (const line of createInterface(child.stdout)) {
            const port = /on port (\d+)/.exec(line)?.[1]
            if (!port || !line.includes("success")) continue
            browser.#base = `http://127.0.0.1:${port}/session`
            break
        }
        const { sessionId } = await browser.#send("", {
            capabilities: {
                alwaysMatch: {
                    "goog:loggingPrefs": { browser: "ALL" },
                    "goog:chromeOptions": {
                        binary: "/usr/bin/chromium",
                        args: [
                            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                        ],
                    },
                },
            },
        })
        browser.#session = `/${sessionId}`
        return browser
    }

    async #send(path, body, method = "POST") {
        const response = await fetch(this.#base + (this.#session ?? "") + path,
            { method, body: body && JSON.stringify(body), headers: { "content-type": "application/json" } })
        const { value } = await response.json()
        if (!response.ok) throw new Error(`${value.error}: ${value.message}`)
        return value
    }

    open(url) { return this.#send("/url", { url }) }

    /** Runs code in the page, and returns what it returns. */
    run(script, ...args) { return this.#send("/execute/sync", { script, args }) }

    /** What the page has written to the console since the last time, and what its policy has refused. */
    async console() { return (await this.#send("/se/log", { type: "browser" })).map(({ message }) => message) }
}
