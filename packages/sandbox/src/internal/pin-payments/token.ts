const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

/** Two characters for every 12 bits. */
const pairs = Array.from({ length: 4096 }, (_, bits) => alphabet.charAt(bits >>> 6) + alphabet.charAt(bits & 63))

/** The 128 bits of a UUID as 22 characters of base64url after the prefix: some begin with `_` or `-`. */
export const tokenOf = (prefix: `${"cus" | "card" | "ch" | "sub" | "plan"}_`, uuid: string): string => {
  const hex = uuid.replaceAll("-", "")
  let token: string = prefix
  for (let at = 0; at < 30; at += 6) {
    const bits = parseInt(hex.slice(at, at + 6), 16)
    token += pairs[bits >>> 12]! + pairs[bits & 4095]!
  }
  return token + pairs[parseInt(hex.slice(30), 16) << 4]!
}
