import { mkdtempSync, rmSync } from "node:fs"
import { createServer, connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** Frames a message for a byte stream, jet-protocol(7) §1.1. */
export function frame(text) {
    const bytes = Buffer.from(text)
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    return Buffer.concat([length, bytes])
}

/** Calls `receive` with the text of each message that arrives on a socket. */
export function readFrames(socket, receive) {
    let waiting = Buffer.alloc(0)
    socket.on("data", chunk => {
        waiting = Buffer.concat([waiting, chunk])
        while (waiting.length >= 4 && waiting.length >= 4 + waiting.readUInt32BE(0)) {
            const end = 4 + waiting.readUInt32BE(0)
            const text = waiting.toString("utf8", 4, end)
            waiting = waiting.subarray(end)
            receive(text)
        }
    })
}

async function listen(t, accept) {
    const folder = mkdtempSync(join(tmpdir(), "jet-js-"))
    const path = join(folder, "jet.sock")
    const sockets = new Set()
    const server = createServer(socket => {
        sockets.add(socket)
        socket.on("error", () => {})
        socket.on("close", () => sockets.delete(socket))
        accept(socket)
    })
    await new Promise(resolve => server.listen(path, resolve))
    t.after(() => {
        for (const socket of sockets) socket.destroy()
        server.close()
        rmSync(folder, { recursive: true })
    })
    return { unix: `unix:${path}`, sockets }
}

/**
 * A server that does what a test says: `answer` is called with each message and with a function that sends messages,
 * texts or bytes. If it returns undefined, a request is answered with true, and `info` with `{}`.
 */
export async function serve(t, answer = () => undefined) {
    const received = []
    const server = await listen(t, socket => {
        const send = message => socket.write(
            Buffer.isBuffer(message) ? message : frame(typeof message === "string" ? message : JSON.stringify(message)))
        readFrames(socket, text => {
            const message = JSON.parse(text)
            for (const one of [message].flat()) {
                received.push(one)
                if (answer(one, send, socket) === undefined && one.method !== undefined && one.id !== undefined) {
                    send({ id: one.id, result: one.method === "info" ? {} : true })
                }
            }
        })
    })
    return { ...server, received, send: text => { for (const socket of server.sockets) socket.write(frame(text)) } }
}

/** Forwards connections to a daemon. `lose` ends them for the peers, while the daemon still believes in them. */
export async function proxy(t, daemon) {
    let lost = []
    const server = await listen(t, socket => {
        const upstream = connect(daemon.unix.slice(5))
        upstream.on("error", () => {})
        upstream.on("close", () => socket.destroy())
        socket.pipe(upstream, { end: false })
        upstream.pipe(socket)
        socket.on("close", () => { if (!lost.includes(upstream)) upstream.destroy() })
        socket.upstream = upstream
    })
    return {
        unix: server.unix,
        lose() {
            for (const socket of server.sockets) {
                lost.push(socket.upstream)
                socket.upstream.unpipe(socket)
                socket.upstream.resume()
                socket.destroy()
            }
        },
        /** The daemon notices. */
        release() {
            for (const upstream of lost) upstream.destroy()
            lost = []
        },
    }
}
