import * as Sha2 from "@noble/hashes/sha2.js"
import * as Hashes from "@noble/hashes/utils.js"

/** In lower-case hexadecimal, at once: `crypto.subtle` only answers later, and a write may not wait. */
export const sha256 = (text: string): string => Hashes.bytesToHex(Sha2.sha256(Hashes.utf8ToBytes(text)))
