import { InMemoryCustomers } from "@effect-customers/testing"
import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { signUp } from "../src/SignUp.js"

it.effect("a user who signs up twice is one customer", () =>
  Effect.gen(function*() {
    const ada = yield* signUp("user_1", "ada@example.com")
    expect(yield* signUp("user_1", "other@example.com")).toEqual(ada)
  }).pipe(Effect.provide(InMemoryCustomers.layer())))
