import { createPace, type Pace } from './pace.ts'

/** The paces of hosts that several runs speak to at the same time. */
export interface HostPaces {
  /** The pace of a host, which everybody who speaks to it takes from. */
  paceOf(host: string): Pace
}

/**
 * @param rates requests per second by host: of several for one host the slowest counts
 * @param time as `createPace` takes it
 */
export function createHostPaces(
  rates: readonly (readonly [host: string, requestsPerSecond: number])[],
  time: Pick<Parameters<typeof createPace>[0], 'clock' | 'wait'> = {},
): HostPaces {
  const slowest = new Map<string, number>()
  for (const [host, rate] of rates) slowest.set(host, Math.min(rate, slowest.get(host) ?? rate))
  const budget = Number.POSITIVE_INFINITY
  const paces = new Map(
    [...slowest].map(([host, requestsPerSecond]) => [host, createPace({ requestsPerSecond, budget, ...time })]),
  )
  return {
    paceOf(host) {
      const pace = paces.get(host)
      if (pace === undefined) throw new RangeError(`no rate was named for ${host}`)
      return pace
    },
  }
}

/** A run's own pace and budget, behind the pace of its host. */
export function behindHost(own: Pace, host: Pace): Pace {
  return {
    get spent() {
      return own.spent
    },
    async take(...request: Parameters<Pace['take']>) {
      await own.take(...request)
      await host.take(...request)
    },
  }
}
