import type { Look } from '../../store/client-documents.ts'

// Whoever looked at the database before a flight landed wants what it brought; nobody takes this long between the two.
const LANDED_KEPT_MS = 10_000

/**
 * Joins those who want the same thing at the same time, those included who had asked the database before the answer was
 * written there.
 */
export function singleFlight<Result>() {
  const flights = new Map<string, { readonly result: Promise<Result>; landedAt: number }>()
  const find = (key: string, { beganAt }: Look): Promise<Result> | undefined => {
    const flight = flights.get(key)
    return flight !== undefined && beganAt < flight.landedAt ? flight.result : undefined
  }
  const forget = (key: string, flight: object): void => {
    if (flights.get(key) === flight) flights.delete(key)
  }
  return {
    has: (key: string, before: Look): boolean => find(key, before) !== undefined,
    run(key: string, before: Look, work: () => Promise<Result>): Promise<Result> {
      const joined = find(key, before)
      if (joined !== undefined) return joined
      const flight = { result: work(), landedAt: Number.POSITIVE_INFINITY }
      flights.set(key, flight)
      const land = (): void => {
        flight.landedAt = performance.now()
        setTimeout(() => forget(key, flight), LANDED_KEPT_MS).unref()
      }
      flight.result.then(land, () => forget(key, flight))
      return flight.result
    },
  }
}
