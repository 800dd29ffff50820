/** What a provider brings to the table of reliability: its calls, and how to look into its sandbox. */
import type { CustomersError } from "@effect-customers/core"
import type { ProviderName, Records, Seeds } from "@effect-customers/sandbox"
import type { HttpClient } from "@effect/platform"
import type { Effect } from "effect"

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
  /** Whom calls create; what they create for a customer has that name. */
  readonly newcomer: Person
  /** Who is there before the call. */
  readonly residents: readonly [Person, ...ReadonlyArray<Person>]
  /** The id of the first of them, whom calls are about. */
  readonly id: string
  /** What calls change the name of the first of them to. */
  readonly newName: string
}

/** A customer, or what belongs to one, as the caller was told, and as the sandbox has it. */
export interface Known {
  readonly id: string
  readonly email?: string | null | undefined
  readonly name?: string | null | undefined
}

export interface Stored extends Known {
  readonly externalId?: string | null | undefined
  readonly state?: string | undefined
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

/** What belongs to the first of the residents. */
export interface Belonging {
  readonly kind: string
  /** Which one it changes or removes. */
  readonly id?: (scene: Scene) => string
  /** What it changes the state of that one to. */
  readonly state?: string
}

export interface Operation {
  readonly name: string
  readonly kind: keyof typeof kinds
  /** Which request of the call is the first that a fault hits, from 1 (1 when absent). */
  readonly hits?: number
  /** What it is about when that is not customers. */
  readonly of?: Belonging
  readonly does: "reads" | "creates" | "changes" | "removes"
  /** Its success tells of every resident, or of all that belongs to the first. */
  readonly tellsAll?: boolean
  readonly call: (scene: Scene) => Effect.Effect<Told, CustomersError, HttpClient.HttpClient>
}

export interface Provider<Name extends ProviderName = ProviderName> {
  readonly name: Name
  readonly title: string
  readonly about: string
  readonly token: string
  readonly operations: ReadonlyArray<Operation>
  /** Its reads meet a sample of the faults, but for these: the others go the same way. */
  readonly readsInFull?: ReadonlyArray<string>
  readonly seedOf: (person: Person) => Seeds[Name]
  readonly stored: (record: Records[Name]) => Stored
  /** What belongs to a customer, from wire JSON of that kind. */
  readonly belonging?: (kind: string, json: unknown) => Stored
  /** What is secret beside the token and all that is personal. */
  readonly secretsOf?: (scene: Scene) => ReadonlyArray<string>
}
