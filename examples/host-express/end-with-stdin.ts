/** Preloaded in development: when the supervisor dies, however it dies, stdin closes and the host ends in order. */
process.stdin.once("end", () => process.kill(process.pid, "SIGTERM")).resume();
