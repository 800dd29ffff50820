/** What the frame asks of a provider's emulator. Pure and synchronous: a check and its write are one step. */

import type { SeedsReader } from "./seeds.js"

/** The frame's gifts to one emulator: reproducible ids and a wall clock that only writes move. */
export interface World {
  readonly nextId: () => string
  /** Microseconds since the epoch. */
  readonly now: () => number
  /** Milliseconds of the `Clock` of the fiber that built the layer, which moves by itself: for what expires. */
  readonly clock: () => number
  /** Whether the provider's own limits hold. */
  readonly rateLimits: boolean
  /**
   * The moment of a write; moves the clock by one tick. Every request that changes the state asks for it, and no other:
   * `applied` in the request log goes by it.
   */
  readonly writeMoment: () => number
}

export interface Call {
  readonly method: string
  /** Percent-decoded as a whole, slashes included, as servers do before they route. */
  readonly path: string
  /** As it was sent, without `?`. */
  readonly search: string
  readonly query: ReadonlyArray<readonly [string, string]>
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  readonly text: string
  /** Host that was asked, without port. */
  readonly host: string
  /** What stands before the path in an absolute URL: `https://api.polar.sh`. */
  readonly base: string
  /** Segments of the path by the names in the route's template. */
  readonly params: Readonly<Record<string, string>>
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** An array is streamed without a length, piece by piece. */
  readonly body?: string | Iterable<string> | undefined
}

export interface Route {
  readonly method: string
  /** `/v1/customers/{id}`; earlier routes win. */
  readonly path: string
  readonly operation: string
  readonly answer: (call: Call) => Answer
  /** Known by name for the log alone; other methods on its path and slashes after it find nothing. */
  readonly retired?: boolean | undefined
}

export interface Instance<Seed, Stored> {
  readonly routes: ReadonlyArray<Route>
  /**
   * A call has arrived whole; it may be long until its answer is worked out, and it may never be. What this answers is
   * run when the call is over.
   */
  readonly arrived?: ((call: Call) => () => void) | undefined
  /** Surrounds every answer, that of `unrouted` included. */
  readonly around: (call: Call, next: () => Answer) => Answer
  /** No route has this method and path; `matches` says which methods a path would have. */
  readonly unrouted: (call: Call, methodsOf: (path: string) => ReadonlyArray<string>) => Answer
  /** Answers the ids. Throws `SeedRefused` for what cannot be stored. */
  readonly seed: (customers: number | ReadonlyArray<Seed>) => ReadonlyArray<string>
  readonly customers: () => ReadonlyArray<Stored>
  readonly deleted: () => ReadonlyArray<Stored>
  /** What belongs to a customer, by kind, as wire JSON; nothing for who is not there. */
  readonly resources?: ((id: string) => Readonly<Record<string, ReadonlyArray<unknown>>>) | undefined
  /** Takes a copy of the state and answers how to go back to it. */
  readonly snapshot: () => () => void
}

/** What is where in JSON answers: keys and indices joined by dots, `*` for any. */
export interface Places {
  /** Members of enumerations, in the bodies of successes. */
  readonly enums: ReadonlyArray<string>
  /** Objects whose keys are the caller's own, and all in them. */
  readonly records: ReadonlyArray<string>
  /** Objects whose keys are names of the provider's own objects, which are as others are. */
  readonly maps?: ReadonlyArray<string> | undefined
}

/** A provider: plug a new one into `emulators.ts`. */
export interface Emulator<Seed, Stored> {
  /** Hosts it answers for in process. */
  readonly hosts: ReadonlyArray<string>
  readonly places: Places
  readonly readSeeds: SeedsReader<Seed>
  readonly make: (world: World) => Instance<Seed, Stored>
}

/** Emulators by the names of their providers. */
export type Emulators<Seeds, Records> = {
  readonly [P in keyof Seeds & keyof Records]: Emulator<Seeds[P], Records[P]>
}
