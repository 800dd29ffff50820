/** By scheme, what begins and ends each of the provider's test card numbers; all between is zeros. */
const ends = ["0", "1", "2", "3", "4", "5", "6", "9", "99"]

const heads: Readonly<Record<string, { readonly length: number; readonly heads: ReadonlyArray<string> }>> = {
  visa: { length: 16, heads: ["42", "41", "40", "49", "48", "47", "46", "43", "44"] },
  master: { length: 16, heads: ["552", "556", "551", "555", "550", "559", "554", "557", "553"] },
  amex: { length: 15, heads: ["372", "371", "370", "379", "378", "377", "376", "373", "374"] }
}

/** The scheme of every number that the test host takes. */
export const schemeOf: ReadonlyMap<string, string> = new Map(
  Object.entries(heads).flatMap(([scheme, { heads, length }]) =>
    heads.map((head, i): [string, string] => [head + ends[i]!.padStart(length - head.length, "0"), scheme])
  )
)
