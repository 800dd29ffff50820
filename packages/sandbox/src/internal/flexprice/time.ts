/** Times as Go writes and reads them. */

/** Trailing zeros of the fraction are trimmed, the whole of it too. `nanos` are those beyond the microseconds. */
export const formatTime = (micros: number, nanos = 0): string => {
  const seconds = Math.floor(micros / 1_000_000)
  const fraction = String((micros - seconds * 1_000_000) * 1000 + nanos).padStart(9, "0").replace(/0+$/, "")
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19)
  return fraction === "" ? `${whole}Z` : `${whole}.${fraction}Z`
}

const rfc3339 = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/

/** `Date.parse` takes the 30th of February for the 2nd of March. */
const isOfCalendar = (whole: string): boolean => {
  const millis = Date.parse(`${whole}Z`)
  return !Number.isNaN(millis) && new Date(millis).toISOString().startsWith(whole)
}

/** Microseconds since the epoch; `undefined` for what is no RFC 3339 time. */
export const parseTime = (text: string): number | undefined => {
  const [, whole = "", fraction = "", zone = ""] = rfc3339.exec(text) ?? []
  const millis = Date.parse(whole + zone)
  return Number.isNaN(millis) || !isOfCalendar(whole)
    ? undefined
    : millis * 1000 + Number(fraction.slice(0, 6).padEnd(6, "0"))
}
