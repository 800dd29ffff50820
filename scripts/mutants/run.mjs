/** `npm run mutants -- core`, or some of its files: `npm run mutants -- core Page internal/cursors`. */
import { Stryker } from "@stryker-mutator/core"
import { existsSync } from "node:fs"

const [name, ...files] = process.argv.slice(2)
if (name === undefined || !existsSync(`packages/${name}/src`)) throw new Error("Which package? npm run mutants -- core")

process.env.MUTANTS = name
const mutate = files.map((file) => `packages/${name}/src/${file}.ts`)
await new Stryker(files.length === 0 ? {} : { mutate }).runMutationTest()
