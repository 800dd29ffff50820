import { CustomersService } from "@effect-customers/core"
import * as Polar from "@effect-customers/polar"
import { Sandbox } from "@effect-customers/sandbox"
import { Console, Effect, Layer, Redacted } from "effect"

const formFields = ["email"]

const signUp = (email: string) =>
  Effect.flatMap(CustomersService, (customers) => customers.create({ email })).pipe(
    Effect.map(({ provider }) => `welcome to ${provider}`),
    Effect.catchTags({
      CustomerAlreadyExists: ({ fields }) => Effect.succeed(`taken: ${fields.join(", ")}`),
      InvalidRequest: (error) => {
        const paths = error.issues.map(({ path }) => path)
        return paths.every((path) => formFields.includes(path))
          ? Effect.succeed(`please mend ${paths.join(", ")}`)
          : Effect.fail(error)
      }
    }),
    // what is left: we are set up wrong, the provider is down, refuses us, or says what nobody expects
    Effect.catchAll((error) =>
      Effect.zipRight(Console.error(`to the log: ${error.message}`), Effect.succeed("please come back later"))
    ),
    Effect.flatMap(Console.log)
  )

const polar = (token: string) => Polar.layer({ accessToken: Redacted.make(token) }).pipe(Layer.provide(Sandbox.layer()))

const program = Effect.forEach(["ada@example.com", "ada@example.com", "ada"], signUp)

await Effect.runPromise(Effect.provide(program, polar("polar_oat_x")))
await Effect.runPromise(Effect.provide(signUp("ada@example.com"), polar("Bearer polar_oat_x")))
