import { describe, expect, it } from "@effect/vitest"
import { type ChildProcess, spawn } from "node:child_process"
import { createServer } from "node:net"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../../..", import.meta.url))

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Runs the bin from its source; `onOut` sees what it has printed so far. */
const bin = (
  args: ReadonlyArray<string>,
  onOut: (out: string, child: ChildProcess) => void = () => {}
): Promise<Ended> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, ["--import", "tsx", "packages/sandbox/src/bin.ts", ...args], { cwd: root })
    let out = ""
    let err = ""
    child.stdout.on("data", (piece) => {
      out += String(piece)
      onOut(out, child)
    })
    child.stderr.on("data", (piece) => err += String(piece))
    child.on("close", (code) => resolve({ code, out, err }))
  })

describe("effect-customers-sandbox", () => {
  it("serves until it is told to stop, then ends with 0", async () => {
    let answer: Promise<ReadonlyArray<number>> | undefined
    const { code, err, out } = await bin(["--port", "0", "--customers", "3", "--seed", "7"], (out, child) => {
      if (!out.includes("Ctrl-C") || answer !== undefined) return
      const calls = Array.from(out.matchAll(/^curl (.+) (http\S+)$/gm))
      answer = Promise.all(calls.map(async ([, flags = "", url = ""]) => {
        const user = /-u (\S+)/.exec(flags)?.[1]
        const body = /-d '([^']*)'/.exec(flags)?.[1]
        const headers = new Headers(user === undefined ? {} : { authorization: `Basic ${btoa(user)}` })
        for (const [, name = "", value = ""] of flags.matchAll(/-H '([^:]+): ([^']+)'/g)) headers.set(name, value)
        const response = await fetch(url, body === undefined ? { headers } : { method: "POST", headers, body })
        const { _embedded, items, list, response: customers } = await response.json()
        return (items ?? _embedded?.customers ?? customers ?? list).length
      }))
      void answer.finally(() => child.kill("SIGTERM"))
    })
    expect(await answer).toEqual([3, 3, 3, 3, 3])
    expect([code, err]).toEqual([0, ""])
    for (const provider of ["polar", "mollie", "pin-payments", "autumn", "flexprice"]) {
      expect(out).toMatch(new RegExp(`^${provider}  http://127\\.0\\.0\\.1:\\d+/${provider}$`, "m"))
    }
    expect(out).toMatch(/^curl -H 'Authorization: Bearer polar_oat_x' http/m)
  }, 20_000)

  it("says in one line that the port is in use and ends with 1", async () => {
    const taken = createServer()
    const port = await new Promise<number>((resolve) =>
      taken.listen(0, "127.0.0.1", () => {
        const address = taken.address()
        resolve(typeof address === "object" && address !== null ? address.port : 0)
      })
    )
    const { code, err, out } = await bin(["--port", String(port)])
    taken.close()
    expect([code, out]).toEqual([1, ""])
    expect(err).toBe(`the sandbox cannot listen on 127.0.0.1:${port} (EADDRINUSE)\n`)
  }, 20_000)

  it("prints its usage: --help ends with 0, bad arguments with 2", async () => {
    const [help, unknown, number, extra] = await Promise.all([
      bin(["--help"]),
      bin(["--bogus"]),
      bin(["--port", "http"]),
      bin(["4010"])
    ])
    expect([help.code, help.err]).toEqual([0, ""])
    expect(help.out).toMatch(/^Usage: effect-customers-sandbox/)
    expect(help.out).toContain("/sandbox/faults")
    for (const { code, err, out } of [unknown, number, extra]) {
      expect([code, out]).toEqual([2, ""])
      expect(err).toContain("Usage: effect-customers-sandbox")
    }
  }, 30_000)
})
