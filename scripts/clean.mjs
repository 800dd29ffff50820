/** Removes what `npm run build` made, so that a file whose source is gone does not get packed. */
import { readdirSync, rmSync } from "node:fs"

for (const name of readdirSync("packages")) rmSync(`packages/${name}/dist`, { recursive: true, force: true })
