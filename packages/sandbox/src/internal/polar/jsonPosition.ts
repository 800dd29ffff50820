/** Where and why Python's `json.loads` gives up on a text that is no JSON. */
export interface JsonFault {
  readonly position: number
  readonly message: string
}

const scalar = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/y
const string = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y
const space = /[ \t\r\n]*/y

export const jsonFault = (text: string): JsonFault => {
  let at = 0
  const eat = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    const found = pattern.test(text)
    if (found) at = pattern.lastIndex
    return found
  }
  const skip = () => eat(space)
  const fault = (message: string, position = at): JsonFault => ({ position, message })

  const readString = (): JsonFault | undefined => {
    const start = at
    eat(string)
    if (text[at] === "\"") {
      at++
      return undefined
    }
    if (at >= text.length) return fault("Unterminated string starting at", start)
    if (text[at] !== "\\") return fault("Invalid control character at")
    return text[at + 1] === "u" ? fault("Invalid \\uXXXX escape", at + 1) : fault("Invalid \\escape")
  }

  const readMembers = (close: string, member: () => JsonFault | undefined): JsonFault | undefined => {
    at++
    skip()
    if (text[at] === close) {
      at++
      return undefined
    }
    for (;;) {
      const wrong = member()
      if (wrong !== undefined) return wrong
      skip()
      if (text[at] === close) {
        at++
        return undefined
      }
      if (text[at] !== ",") return fault("Expecting ',' delimiter")
      at++
      skip()
    }
  }

  const readValue = (): JsonFault | undefined => {
    skip()
    switch (text[at]) {
      case "\"":
        return readString()
      case "[":
        return readMembers("]", readValue)
      case "{":
        return readMembers("}", () => {
          if (text[at] !== "\"") return fault("Expecting property name enclosed in double quotes")
          const wrong = readString()
          if (wrong !== undefined) return wrong
          skip()
          if (text[at] !== ":") return fault("Expecting ':' delimiter")
          at++
          return readValue()
        })
      default:
        return eat(scalar) ? undefined : fault("Expecting value")
    }
  }

  const wrong = readValue()
  if (wrong !== undefined) return wrong
  skip()
  return fault("Extra data")
}
