/** The terminal of this process, or what there is in its place. */
import { Terminal } from "@effect/platform"
import { NodeTerminal } from "@effect/platform-node"
import { Console, Effect, Layer } from "effect"
import { stripVTControlCharacters } from "node:util"

/** One that can be asked: who reads is who answers. */
const bothEnds = Layer.effect(
  Terminal.Terminal,
  Effect.map(Terminal.Terminal, (terminal) => ({
    ...terminal,
    isTTY: Effect.sync(() => process.stdin.isTTY === true && process.stdout.isTTY === true)
  }))
).pipe(Layer.provide(NodeTerminal.layer))

const textFor = (output: { readonly isTTY?: boolean }) => (part: unknown) =>
  typeof part === "string" && output.isTTY !== true ? stripVTControlCharacters(part) : part

/** `@effect/cli` writes in colours, into files too. */
const plainInFiles = Layer.unwrapEffect(Effect.map(Effect.console, (console) =>
  Console.setConsole({
    ...console,
    log: (...parts) => console.log(...parts.map(textFor(process.stdout))),
    error: (...parts) => console.error(...parts.map(textFor(process.stderr)))
  })))

export const layer = Layer.merge(bothEnds, plainInFiles)
