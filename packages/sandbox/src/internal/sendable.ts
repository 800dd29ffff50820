/** Whether a transport could send this head: found out now, not when the answer is due. */
export const canBeSent = (status: number, headers: Readonly<Record<string, string>>): boolean => {
  try {
    return new Response(null, { status, headers }).status === status
  } catch {
    return false
  }
}
