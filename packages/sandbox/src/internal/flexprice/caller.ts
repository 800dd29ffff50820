/** Who calls, and what they may do. */
import type { Answer, Call } from "../emulator.js"
import { type Era, json } from "./bodies.js"
import { environments, homeEnvironment, keyUser, tokenUser } from "./store.js"

export interface Caller {
  readonly era: Era
  readonly environment: string
  readonly user: string
}

const unauthorized = (error: string): Answer => json(401, { error })
const forbidden = json(403, { message: "insufficient permissions" })
const suspended = json(403, { message: "tenant account is suspended" })
const foreignEnvironment = json(403, { error: "Access denied", message: "Invalid or inaccessible environment" })

const isValid = (secret: string): boolean => secret !== "" && !/expired|bad/.test(secret)

const jwt = /^[\w-]+\.[\w-]+\.[\w-]*$/

interface Credential {
  readonly secret: string
  readonly user: string
  /** Whether it belongs to one environment. */
  readonly bound: boolean
}

/** The key, else the token: a wrong key beside a good token is no harm. */
const credentialOf = ({ headers }: Call): Credential | Answer => {
  const key = headers["x-api-key"] ?? ""
  if (isValid(key)) return { secret: key, user: keyUser, bound: !key.includes("config") }
  const authorization = headers["authorization"]
  if (authorization === undefined) return unauthorized("Unauthorized")
  const token = /^Bearer (\S+)$/.exec(authorization)?.[1]
  if (token === undefined) return unauthorized("Invalid authorization header format")
  if (!jwt.test(token) || !isValid(token)) return unauthorized("Invalid token")
  if (token.includes("nobody")) return unauthorized("Invalid token claims")
  return { secret: token, user: tokenUser, bound: false }
}

/** An answer is a refusal. */
export const callerOf = (call: Call, writes: boolean): Caller | Answer => {
  const credential = credentialOf(call)
  if ("status" in credential) return credential
  const { bound, secret, user } = credential
  const named = call.headers["x-environment-id"] ?? ""
  if (!bound && !environments.includes(named)) return foreignEnvironment
  if (writes && secret.includes("suspended")) return suspended
  if (writes && secret.includes("readonly")) return forbidden
  return { era: secret.includes("era1") ? "before" : "today", environment: bound ? homeEnvironment : named, user }
}
