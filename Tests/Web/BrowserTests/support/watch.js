// Runs in each document before its own scripts: what must not happen is written to the console, where the test looks.
(() => {
    const say = (what, text) => console.error(`watched: ${what}: ${text}`)
    addEventListener("securitypolicyviolation", event => {
        say("CSP", `${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`)
    })
    addEventListener("error", event => say("error", event.message ?? event.target?.src ?? event.target?.href), true)
    addEventListener("unhandledrejection", event => say("rejection", event.reason?.stack ?? event.reason))
})()
