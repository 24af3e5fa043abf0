/** What one check ends with. Ids are stable; the sentences may change. */
export interface Finding {
  readonly id: CheckId
  readonly verdict: Verdict
  /** One sentence about what was seen. */
  readonly detail: string
  /** What to do; absent where all is well. */
  readonly remedy?: string
}

export type Verdict = 'ok' | 'warn' | 'fail'

export const CHECK_IDS = [
  'settings',
  'database',
  'migrations',
  'database-rights',
  'clock',
  'keys',
  'issuer',
  'endpoints',
  'discovery',
  'certificate',
  'jwks',
  'plain-http',
  'proxy-headers',
  'egress-proxy',
  'egress-allow',
  'egress-ca',
] as const

export type CheckId = (typeof CHECK_IDS)[number]

export function ok(id: CheckId, detail: string): Finding {
  return { id, verdict: 'ok', detail }
}

export function warn(id: CheckId, detail: string, remedy: string): Finding {
  return { id, verdict: 'warn', detail, remedy }
}

export function fail(id: CheckId, detail: string, remedy: string): Finding {
  return { id, verdict: 'fail', detail, remedy }
}

/** For what could not be looked at, because of what another check found. */
export function unseen(id: CheckId, because: string): Finding {
  return {
    id,
    verdict: 'warn',
    detail: `could not be looked at: ${because}`,
    remedy: 'Mend that first, then run this again.',
  }
}
