/** What copied customers pay with, which no provider tells: Pin Payments creates nobody without. */
import type { Customer, PaymentSource } from "@effect-customers/core"
import { CustomersCopy } from "@effect-customers/pipeline"
import { FileSystem } from "@effect/platform"
import { Effect, Either, HashMap, Option, Redacted, Schema, Stream } from "effect"
import { Stopped } from "./failures.js"

/** Charges nobody. */
const testCard: PaymentSource = {
  card: {
    number: Redacted.make("4200000000000000"),
    expiryMonth: 12,
    expiryYear: 2031,
    cvc: Redacted.make("123"),
    name: "Ada Byron",
    address: { line1: "12 St James's Square", city: "London", country: "GB" }
  }
}

/** From a file of card tokens. Without one, everybody on a sandbox has a test card, and nobody on a real account. */
export const paymentSources = (file: Option.Option<string>, isSandbox: boolean) =>
  Effect.map(
    Effect.transposeMapOption(file, readTokens),
    (tokens) => (customer: Customer): Effect.Effect<Option.Option<PaymentSource>> =>
      Effect.succeed(Option.match(tokens, {
        onNone: () => isSandbox ? Option.some(testCard) : Option.none(),
        onSome: (tokens) =>
          Option.map(HashMap.get(tokens, CustomersCopy.sourceIdOf(customer)), (cardToken) => ({ cardToken }))
      }))
  )

const TokenLine = Schema.parseJson(
  Schema.Struct({ sourceId: Schema.NonEmptyString, cardToken: Schema.Redacted(Schema.NonEmptyString) })
)

const decodeLine = Schema.decodeEither(TokenLine)

const readTokens = (file: string) =>
  Stream.unwrap(Effect.map(FileSystem.FileSystem, (fs) => fs.stream(file))).pipe(
    Stream.decodeText(),
    Stream.splitLines,
    Stream.zipWithIndex,
    Stream.filter(([line]) => line.trim() !== ""),
    Stream.mapEffect(([line, index]) =>
      // what is wrong with it could quote a token
      Either.mapLeft(decodeLine(line), () =>
        new Stopped({
          message: `${file}, line ${index + 1}: expected {"sourceId": "polar/...", "cardToken": "card_..."}`
        }))
    ),
    Stream.runFold(
      HashMap.empty<string, Redacted.Redacted>(),
      (tokens, { cardToken, sourceId }) => HashMap.set(tokens, sourceId, cardToken)
    )
  )
