/** Keeps vitest's one thread from run to run, with Effect and every module in it; vitest itself ends it after each. */
import { readdirSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import type { RunnerTestCase } from "vitest"
import type { Reporter } from "vitest/node"

interface Task {
  invalidates: ReadonlyArray<string>
  readonly providedContext: { readonly mutantActivation?: "static" | "runtime" }
}

interface Pool {
  recycleWorkers: () => Promise<void>
  run: (task: Task, options?: unknown) => Promise<unknown>
}

const modules = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !path.includes("node_modules"))
    .map((path) => join(folder, path))

/** A mutant in what runs while a module loads needs every module of the folder anew, and so does the run after it. */
export const keepThread = async (folder: string): Promise<void> => {
  const tinypool = createRequire(import.meta.resolve("vitest")).resolve("tinypool")
  const { default: { prototype } }: { default: { prototype: Pool } } = await import(pathToFileURL(tinypool).href)
  const { run } = prototype
  const all = modules(folder)
  let fresh = false
  prototype.recycleWorkers = () => Promise.resolve()
  prototype.run = function(task, options) {
    const isStatic = task.providedContext.mutantActivation === "static"
    if (fresh || isStatic) task.invalidates = all
    fresh = isStatic
    return run.call(this, task, options)
  }
}

/** Stryker counts tests that fail, and a file that does not load has none: it is given one. */
export const failLoading: Reporter = {
  onFinished: (files = []) => {
    for (const file of files) {
      if (file.result?.state !== "fail" || file.tasks.length > 0) continue
      const loads: Partial<RunnerTestCase> = { ...file, type: "test", name: "loads", file, suite: file }
      file.tasks.push(loads as RunnerTestCase)
    }
  }
}
