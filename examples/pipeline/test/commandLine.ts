/** Runs command lines in this process, on a sandbox on a port. */
import { Sandbox } from "@effect-customers/sandbox"
import { FileSystem, Path, Terminal } from "@effect/platform"
import { NodeContext, NodeHttpClient } from "@effect/platform-node"
import { ConfigProvider, Console, Effect, Layer, Mailbox, Option } from "effect"
import { PassThrough } from "node:stream"
import { run } from "../src/cli.js"
import * as Progress from "../src/progress.js"

export interface Ended {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

interface Around {
  /** What somebody at a terminal answers, key by key. Without, there is no terminal. */
  readonly keys?: string
  readonly variables?: { readonly [name: string]: string }
}

const terminal = (keys: string | undefined, write: (text: string) => void): Terminal.Terminal => ({
  columns: Effect.succeed(120),
  rows: Effect.succeed(40),
  isTTY: Effect.succeed(keys !== undefined),
  display: (text) => Effect.sync(() => write(text)),
  readLine: Effect.die(new Error("nobody reads lines")),
  readInput: Effect.gen(function*() {
    const mailbox = yield* Mailbox.make<Terminal.UserInput>()
    for (const name of keys ?? "") {
      yield* mailbox.offer({ input: Option.some(name), key: { name, ctrl: false, meta: false, shift: false } })
    }
    // behind the last one there is Ctrl-C
    yield* mailbox.end
    return mailbox
  })
})

/** `pipeline <args>`, with nothing around it but what is given. */
export const pipeline = (args: ReadonlyArray<string>, { keys, variables = {} }: Around = {}): Effect.Effect<Ended> =>
  Effect.gen(function*() {
    const out: Array<string> = []
    const errors = new PassThrough()
    const print = (write: (text: string) => void) => (...parts: ReadonlyArray<unknown>) =>
      Effect.sync(() => write(`${parts.join(" ")}\n`))
    const layer = Layer.mergeAll(
      NodeContext.layer,
      NodeHttpClient.layerUndici,
      Progress.layer(errors),
      Layer.succeed(Terminal.Terminal, terminal(keys, (text) => out.push(text))),
      Layer.setConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(variables)))),
      Console.setConsole({
        ...(yield* Effect.console),
        log: print((text) => out.push(text)),
        error: print((text) => errors.write(text))
      })
    )
    const exitCode = yield* Effect.provide(run(["node", "pipeline", ...args]), layer)
    return { exitCode, stdout: out.join(""), stderr: String(errors.read() ?? "") }
  })

/** The same, on the sandbox of the test. */
export const onSandbox = (args: ReadonlyArray<string>, around?: Around) =>
  Effect.flatMap(Sandbox.SandboxServer, ({ url }) => pipeline([...args, "--sandbox-url", url], around))

/** A folder that goes with the test. */
export const folder = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const directory = yield* fs.makeTempDirectoryScoped()
  return (name: string) => path.join(directory, name)
})

export const textOf = (path: string) => Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readFileString(path))

/** Lines of JSON. */
export const linesOf = (path: string) =>
  Effect.map(textOf(path), (text) => text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line)))

export const platform = Layer.merge(NodeContext.layer, Sandbox.layerServer())
