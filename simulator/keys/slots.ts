// How many registrations the session of an app key may hold, over all transactions and markets (protocol
// notes 3.3).

/** KIS's. */
export const mostRegistrations = 41

/** `each`: of every app key that `of` does not name. Throws when one is no whole number above 0. */
export function slotLimits(
  each: number = mostRegistrations,
  of: Readonly<Record<string, number>> = {},
): (appKey: string) => number {
  for (const slots of [each, ...Object.values(of)]) {
    if (!Number.isInteger(slots) || slots < 1) throw new RangeError(`slots ${slots}: expected a whole number above 0`)
  }
  const own = new Map(Object.entries(of))
  return appKey => own.get(appKey) ?? each
}
