const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

const base32 = (value: bigint, length: number): string => {
  let text = ""
  for (let rest = value; text.length < length; rest >>= 5n) text = alphabet.charAt(Number(rest & 31n)) + text
  return text
}

/** A moment in ten characters, then the first 80 bits of a UUID in sixteen: those are what makes UUIDs distinct. */
export const ulidOf = (millis: number, uuid: string): string => {
  const random = BigInt(`0x${uuid.replaceAll("-", "").slice(0, 20)}`)
  return base32(BigInt(Math.max(0, Math.floor(millis))), 10) + base32(random, 16)
}
