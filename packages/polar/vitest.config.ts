import { defineProject } from "vitest/config"

export default defineProject({ test: { name: "polar", include: ["test/**/*.test.ts"] } })
