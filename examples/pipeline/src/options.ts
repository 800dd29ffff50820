/** The options that several commands have. What is wrong with one is said by its name. */
import { Options } from "@effect/cli"
import { Array, Option } from "effect"
import { Place } from "./accounts.js"
import { providerNames } from "./providers.js"

interface Choice<A extends string> {
  readonly description: string
  readonly placeholder: string
  readonly choices: ReadonlyArray<A>
}

/** `Options.choice` does not say which option it is that has another value. */
export const choice = <A extends string>(name: string, { choices, description, placeholder }: Choice<A>) =>
  Options.text(name).pipe(
    Options.withPseudoName(placeholder),
    Options.withDescription(`${description}: ${choices.join(", ")}.`),
    Options.filterMap(
      (text) => Array.findFirst(choices, (choice) => choice === text),
      `--${name} is one of ${choices.join(", ")}`
    )
  )

export const provider = (name: string, description: string) =>
  choice(name, { description, placeholder: "provider", choices: providerNames })

/** A whole number, at least 1. */
export const count = (name: string) =>
  Options.text(name).pipe(
    Options.withPseudoName("number"),
    Options.filterMap(
      (text) => /^[1-9]\d{0,8}$/.test(text) ? Option.some(Number(text)) : Option.none(),
      `--${name} is a number from 1 up`
    )
  )

const httpUrl = (text: string): Option.Option<string> =>
  /^https?:\/\/[^/?#]+\/?$/.test(text) && URL.canParse(text) ? Option.some(text.replace(/\/$/, "")) : Option.none()

/** `--live`, `--sandbox-url`, or neither. */
export const place: Options.Options<Place> = Options.all({
  live: Options.boolean("live").pipe(
    Options.withDescription("On real accounts, from the variables of each provider's package.")
  ),
  sandboxUrl: Options.text("sandbox-url").pipe(
    Options.withPseudoName("url"),
    Options.withDescription(
      "On a sandbox that runs already. By default one inside of this process, which ends with it."
    ),
    Options.filterMap(httpUrl, "--sandbox-url is an address like http://127.0.0.1:4010"),
    Options.optional
  )
}).pipe(
  Options.filterMap(
    ({ live, sandboxUrl }): Option.Option<Place> =>
      Option.match(sandboxUrl, {
        onNone: () => Option.some(live ? Place.RealAccounts() : Place.Embedded()),
        onSome: (url) => live ? Option.none() : Option.some(Place.SandboxAt({ url }))
      }),
    "--live and --sandbox-url exclude each other"
  )
)
