import { spawn } from "node:child_process"
import { copyFileSync, mkdtempSync, rmSync } from "node:fs"
import { createInterface } from "node:readline"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const program = process.env.JETD ?? fileURLToPath(new URL("../../../../.build/debug/jetd", import.meta.url))

/** A jetd for the time of a test. Its users are admin (password radar, in all groups) and guest (password guest). */
export class Daemon {
    #folder = mkdtempSync(join(tmpdir(), "jet-js-"))
    #process = null
    #ports = { tcp: 0, ws: 0 }

    static async start(t) {
        const daemon = new Daemon()
        copyFileSync(new URL("users.json", import.meta.url), join(daemon.#folder, "users.json"))
        t.after(async () => {
            await daemon.kill()
            rmSync(daemon.#folder, { recursive: true })
        })
        await daemon.start()
        return daemon
    }

    get unix() { return `unix:${join(this.#folder, "jet.sock")}` }
    get tcp() { return `tcp://127.0.0.1:${this.#ports.tcp}` }
    get ws() { return `ws://127.0.0.1:${this.#ports.ws}/` }
    get port() { return this.#ports.ws }

    /** Starts it, with the ports that it had before. */
    async start() {
        const child = spawn(program, [
            "--unix-path", this.unix.slice(5), "--tcp-port", this.#ports.tcp, "--ws-port", this.#ports.ws,
            "--users", join(this.#folder, "users.json"), "--log-level", "error",
        ], { stdio: ["ignore", "pipe", "inherit"] })
        this.#process = child
        let count = 0
        for await (const line of createInterface(child.stdout)) {
            const port = /^listening (tcp|ws):.*:(\d+)$/.exec(line)
            if (port) this.#ports[port[1]] = Number(port[2])
            if (line.startsWith("listening ") && ++count === 3) return
        }
        throw new Error(`${program} does not listen`)
    }

    /** Ends it as a crash would. */
    kill() { return this.#end("SIGKILL") }
    stop() { return this.#end("SIGTERM") }
    pause() { this.#process.kill("SIGSTOP") }
    resume() { this.#process.kill("SIGCONT") }

    async #end(signal) {
        const child = this.#process
        this.#process = null
        if (!child || child.exitCode !== null || child.signalCode !== null) return
        const ended = new Promise(resolve => child.once("exit", resolve))
        child.kill(signal)
        await ended
    }
}
