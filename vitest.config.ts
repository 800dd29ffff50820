import { defineConfig } from "vitest/config"
import projects from "./vitest.workspace.js"

export default defineConfig({
  test: {
    projects,
    reporters: ["verbose"],
    // Two workers: a process that loads modules once for all files of a project, and a thread that loads them anew for
    // every file of core and Polar, which keep policies and runtimes of their own. Loading was half of the time.
    poolOptions: {
      forks: { isolate: false, minForks: 1, maxForks: 1 },
      threads: { isolate: true, minThreads: 1, maxThreads: 1 }
    }
  }
})
