/** How a run ends that does not end well. */
import { ConfigError, Data } from "effect"

export const ExitCode = {
  /** All that was to be done is done. */
  done: 0,
  /** The run stopped: what was there was refused, or went away. Started again, it goes on. */
  stopped: 1,
  /** The command line cannot be understood. */
  misunderstood: 2,
  /** The run came to its end, and some customers did not arrive. */
  incomplete: 3,
  /** Ctrl-C. */
  interrupted: 130
} as const

export type ExitCode = typeof ExitCode[keyof typeof ExitCode]

export class Stopped extends Data.TaggedError("Stopped")<{ readonly message: string }> {}

export class Misunderstood extends Data.TaggedError("Misunderstood")<{ readonly message: string }> {}

export class Incomplete extends Data.TaggedError("Incomplete")<{ readonly message: string }> {}

interface Failure {
  readonly _tag?: string
  readonly message: string
}

export const exitCodeOf = ({ _tag }: Failure): ExitCode =>
  _tag === "Misunderstood" ? ExitCode.misunderstood : _tag === "Incomplete" ? ExitCode.incomplete : ExitCode.stopped

/** The errors of the library hold no secret and no personal data in their messages. */
export const messageOf = (error: Failure): string =>
  ConfigError.isConfigError(error) ? `--live reads its credentials from variables. ${error}` : error.message
