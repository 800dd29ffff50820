/** What a failed answer of Polar becomes, by the issues that are in it. */
import { PolarApi as Api, PolarError } from "@effect-customers/polar"
import { fromCreate, fromUpdate } from "@effect-customers/polar/PolarCustomers"
import { describe, expect, it } from "@effect/vitest"
import { failedAnswer, issuesOf, wordsOf } from "../../core/test/failedAnswer.js"

const unprocessable = (detail: unknown) => PolarError.fromAnswer(failedAnswer(Api.update, 422, { detail }))

const email = { loc: ["body", "email"], msg: "A customer with this e-mail already exists." }
const name = { loc: ["body", "name"], msg: "It is too long.", type: "string_too_long" }
const set = { loc: ["body", "external_id"], msg: "It cannot be updated." }
const path = { loc: ["path", "id"], msg: "It is no UUID." }

describe("which error a 422 is", () => {
  it.each([
    [[], "InvalidRequest"],
    [[name], "InvalidRequest"],
    [[path], "CustomerNotFound"],
    [[name, path], "CustomerNotFound"],
    [[email], "CustomerAlreadyExists"],
    [[email, name], "InvalidRequest"],
    [[{ ...email, loc: ["body", "name"] }], "InvalidRequest"],
    [[{ ...email, msg: "It is not one." }], "InvalidRequest"],
    [[set], "Conflict"],
    [[name, set], "Conflict"],
    [[{ ...set, loc: ["body", "name"] }], "InvalidRequest"],
    [[{ ...set, msg: "It is too long." }], "InvalidRequest"],
    [[{ loc: ["body", "type"], msg: "A team cannot be downgraded." }], "Conflict"],
    [[{ loc: ["body"], msg: "A team cannot be downgraded." }], "Conflict"],
    [[{ loc: ["body", "name"], msg: "A team cannot be downgraded." }], "InvalidRequest"],
    [[{ loc: ["body", "type"], msg: "It is not one." }], "InvalidRequest"]
  ])("%j: %s", (detail, tag) => {
    expect(unprocessable(detail)._tag).toBe(tag)
  })

  it("and no other status is it", () => {
    for (const detail of [[path], [email], [set]]) {
      expect(PolarError.fromAnswer(failedAnswer(Api.update, 400, { detail }))._tag).toBe("InvalidRequest")
    }
  })
})

describe("Polar's words", () => {
  it.each([
    [{ error: "NotPermitted", detail: "As it was." }, ["NotPermitted", "As it was."]],
    [{ error: "ada@example.com", detail: "As it was." }, [undefined, "As it was."]],
    [{ error: "invalid_token", error_description: "As it was." }, ["invalid_token", "As it was."]],
    [{ detail: [name] }, [undefined, name.msg]],
    [{}, [undefined, undefined]]
  ])("%j", (body, words) => {
    expect(wordsOf(PolarError.fromAnswer(failedAnswer(Api.get, 418, body)))).toEqual(words)
  })

  it.each([
    [{ ...name }, ["name", name.msg, "string_too_long"]],
    [{ ...name, type: "ada@example.com" }, ["name", name.msg]],
    [{ ...name, loc: ["body", "individual", "billing_address", "country"] }, ["billing_address.country", name.msg]],
    [{ ...name, loc: ["body", "metadata"] }, ["metadata", name.msg]],
    [{ ...name, loc: ["body", "metadata", "ada"] }, ["metadata.*", name.msg]],
    [{ ...name, loc: ["name"] }, ["name", name.msg]],
    [{ ...name, loc: [] }, ["", name.msg]]
  ])("%j", (issue, [path, message, code = issue.type]) => {
    const known = code === "ada@example.com" ? [] : [code]
    expect(issuesOf(unprocessable([issue]))).toEqual([[path, message, ...known]])
  })
})

it("the states of US and CA are sent in capitals, those of others as they are", () => {
  const sent = (country: string, state?: string) => {
    const address = { country, ...(state === undefined ? {} : { state }) }
    return [
      fromCreate({ email: "ada@example.com", address }).billing_address?.state,
      fromUpdate({ address }).billing_address?.state
    ]
  }
  expect(sent("US", "ca")).toEqual(["CA", "CA"])
  expect(sent("CA", "on")).toEqual(["ON", "ON"])
  expect(sent("DE", "by")).toEqual(["by", "by"])
  expect(sent("US")).toEqual([undefined, undefined])
})
