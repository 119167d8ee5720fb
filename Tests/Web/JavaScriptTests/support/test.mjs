import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { test as nodeTest } from "node:test"
import { fileURLToPath } from "node:url"
import { connect } from "../../../../Sources/Web/JavaScript/jet.js"

/** A test with the time after which it has failed. */
export function test(name, body) { nodeTest(name, { timeout: 120_000 }, body) }

export const libraryFile = fileURLToPath(new URL("../../../../Sources/Web/JavaScript/jet.js", import.meta.url))
export const librarySource = readFileSync(libraryFile, "utf8")

/** Debian's node-ws, which stands in for the WebSocket that Node 18 and 20 do not have. */
export const WebSocket = createRequire("/usr/share/nodejs/ws/")("/usr/share/nodejs/ws")

/** Waits until a condition holds, and returns what it returned. */
export async function until(condition) {
    for (;;) {
        const result = await condition()
        if (result) return result
        await new Promise(resolve => setTimeout(resolve, 2))
    }
}

/** Connects for the time of a test, with short pauses between the attempts. */
export function peer(t, target, options = {}) {
    const url = typeof target === "string" ? target : target.unix
    const jet = connect(url, { WebSocket, backoff: { min: 2, max: 20 }, ...options })
    jet.opened().catch(() => {})
    t.after(() => jet.close())
    return jet
}

/** Resolves with the error of what is expected to fail. */
export async function failure(promise) {
    let result
    try {
        result = await promise
    } catch (error) {
        return error
    }
    throw new Error(`It did not fail, but returned ${JSON.stringify(result)}`)
}

/** Lets the timers of a test run out sooner. */
export function hurryTimers(t, factor = 100) {
    const original = globalThis.setTimeout
    globalThis.setTimeout = (body, ms, ...rest) => original(body, ms / factor, ...rest)
    t.after(() => { globalThis.setTimeout = original })
}
