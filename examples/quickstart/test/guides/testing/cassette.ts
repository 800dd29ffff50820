import * as Polar from "@effect-customers/polar"
import { HttpRecorder } from "@effect-customers/testing"
import { FetchHttpClient } from "@effect/platform"
import { NodeFileSystem } from "@effect/platform-node"
import { Layer, Redacted } from "effect"

export const polarFrom = (file: string, mode: "record" | "replay") =>
  Polar.layer({ accessToken: Redacted.make("polar_oat_...") }).pipe(
    Layer.provide(HttpRecorder.layer({ file, mode })),
    Layer.provide([FetchHttpClient.layer, NodeFileSystem.layer])
  )
