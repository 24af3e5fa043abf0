/** How often what has expired is looked for; a walk over all entries at each insertion would cost more than it frees. */
const SWEEP_SECONDS = 30

/** Values that are gone when their time is over, and of which there are never more than so many. */
export interface ExpiringMap<Value> {
  /** The value, or undefined when there is none or its time is over. */
  get(key: string, now: number): Value | undefined
  /** Keeps a value until a time, as the youngest; beyond the bound the oldest goes. */
  set(key: string, value: Value, expiresAt: number, now: number): void
  /** Forgets every entry that matches. */
  deleteWhere(matches: (key: string) => boolean): void
}

/**
 * Makes a bounded map. Times are seconds since the epoch.
 *
 * @param most how many entries there may be
 */
export function createExpiringMap<Value>(most: number): ExpiringMap<Value> {
  // A Map keeps the order of insertion, so its first key is the oldest.
  const entries = new Map<string, { readonly value: Value; readonly expiresAt: number }>()
  let sweptAt = Number.NEGATIVE_INFINITY

  function sweep(now: number): void {
    if (now - sweptAt < SWEEP_SECONDS) return
    sweptAt = now
    for (const [key, { expiresAt }] of entries) if (now >= expiresAt) entries.delete(key)
  }

  return {
    get: (key, now) => {
      const entry = entries.get(key)
      if (entry === undefined || now < entry.expiresAt) return entry?.value
      entries.delete(key)
      return undefined
    },
    set: (key, value, expiresAt, now) => {
      entries.delete(key)
      sweep(now)
      if (now >= expiresAt) return
      entries.set(key, { value, expiresAt })
      const oldest = entries.keys().next()
      if (entries.size > most && !oldest.done) entries.delete(oldest.value)
    },
    deleteWhere: (matches) => {
      for (const key of entries.keys()) if (matches(key)) entries.delete(key)
    },
  }
}
