import { CustomersService } from "@effect-customers/core"
import * as Polar from "@effect-customers/polar"
import { Sandbox } from "@effect-customers/sandbox"
import { Console, Effect, Layer, Redacted } from "effect"

const signUp = (email: string) =>
  Effect.flatMap(CustomersService, (customers) => customers.create({ email })).pipe(
    Effect.map(({ provider }) => `welcome to ${provider}`),
    Effect.catchTags({
      CustomerAlreadyExists: ({ fields }) => Effect.succeed(`taken: ${fields.join(", ")}`),
      InvalidRequest: ({ issues }) => Effect.succeed(`please mend ${issues.map(({ path }) => path).join(", ")}`)
    }),
    // what is left: the provider is down, refuses us, or says what nobody expects
    Effect.catchAll((error) =>
      Effect.zipRight(Effect.logError(error.message), Effect.succeed("please come back later"))
    ),
    Effect.flatMap(Console.log)
  )

const program = Effect.forEach(["ada@example.com", "ada@example.com", "ada"], signUp)

const PolarInProcess = Polar.layer({ accessToken: Redacted.make("polar_oat_x") }).pipe(Layer.provide(Sandbox.layer()))

await Effect.runPromise(Effect.provide(program, PolarInProcess))
