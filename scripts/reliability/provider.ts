/** What a provider brings to the table of reliability: its calls, and how to look into its sandbox. */
import type { CustomersError } from "@effect-customers/core"
import type { HttpClient } from "@effect/platform"
import type { Effect } from "effect"
import type { AcmeRecords, AcmeSeeds } from "../../packages/sandbox/test/acme/AcmeSandbox.js"

/** All that is personal of a customer. */
export interface Person {
  readonly email: string
  readonly name: string
  readonly externalId: string
  readonly note: string
}

/** Whom the calls of one row are about. No other row has any of these texts. */
export interface Scene {
  readonly token: string
  /** Only on a port. */
  readonly baseUrl?: string | undefined
  /** Whom calls create. */
  readonly newcomer: Person
  /** Who is there before the call. */
  readonly residents: readonly [Person, ...ReadonlyArray<Person>]
  /** The id of the first of them, whom calls are about. */
  readonly id: string
  /** What calls change the name of the first of them to. */
  readonly newName: string
}

/** A customer as the caller was told, and as the sandbox has it. */
export interface Known {
  readonly id: string
  readonly email?: string | null | undefined
  readonly name?: string | null | undefined
}

export interface Stored extends Known {
  readonly externalId?: string | null | undefined
}

export interface Told {
  readonly customers: ReadonlyArray<Known>
  /** Rows that the caller was told cannot be read. */
  readonly unreadable?: ReadonlyArray<CustomersError> | undefined
}

export const kinds = {
  reads: "Reads",
  walks: "Walks, from their second page on",
  repeated: "Writes that are safe to repeat",
  keyed: "Writes with an idempotency key",
  unrepeated: "Writes that are not repeated once they may have been applied",
  composed: "Operations that look before they write"
} as const

export interface Operation {
  readonly name: string
  readonly kind: keyof typeof kinds
  /** Which request of the call is the first that a fault hits, from 1 (1 when absent). */
  readonly hits?: number
  readonly does: "reads" | "creates" | "changes" | "removes"
  /** Its success tells of every resident. */
  readonly tellsAll?: boolean
  readonly call: (scene: Scene) => Effect.Effect<Told, CustomersError, HttpClient.HttpClient>
}

export interface Provider<Name extends keyof AcmeSeeds = keyof AcmeSeeds> {
  readonly name: Name
  readonly title: string
  readonly about: string
  readonly token: string
  readonly operations: ReadonlyArray<Operation>
  readonly seedOf: (person: Person) => AcmeSeeds[Name]
  readonly stored: (record: AcmeRecords[Name]) => Stored
}
