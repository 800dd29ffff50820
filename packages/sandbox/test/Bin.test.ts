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
    let answer: Promise<{ status: number; total: number }> | undefined
    const { code, err, out } = await bin(["--port", "0", "--customers", "3", "--seed", "7"], (out, child) => {
      const url = /http:\/\/127\.0\.0\.1:\d+\/polar\/v1\/customers\//.exec(out)?.[0]
      if (url === undefined || answer !== undefined) return
      answer = fetch(url, { headers: { authorization: "Bearer polar_oat_x" } }).then(async (response) => {
        const { pagination } = await response.json()
        child.kill("SIGTERM")
        return { status: response.status, total: pagination.total_count }
      })
    })
    expect(await answer).toEqual({ status: 200, total: 3 })
    expect([code, err]).toEqual([0, ""])
    expect(out).toMatch(/^polar {2}http:\/\/127\.0\.0\.1:\d+\/polar$/m)
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
