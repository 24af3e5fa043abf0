import type { EgressSettings, Settings } from '../../config/settings.ts'
import type { Egress, EgressOutcome } from '../../egress/index.ts'

/** Looks at the issuer as everybody else does, and says when that was not possible. */
export interface Outside {
  get(url: string, headers?: Readonly<Record<string, string>>): Promise<Seen>
  close(): Promise<void>
}

export type Seen =
  | {
      readonly kind: 'answer'
      readonly answer: Extract<EgressOutcome, { kind: 'answer' }>
      readonly inside: string | undefined
    }
  | { readonly kind: 'nothing'; readonly reason: string }

/** Documents are a few KiB; a page of an unrelated site, which is what a wrong address shows, is cut off. */
const MAX_BYTES = 262_144
/** Longer than any healthy answer, short enough that somebody waits for the end. */
export const LOOK_TIMEOUT_MS = 5_000

/**
 * @param open makes a way out of settings, as the server does
 */
export function createOutside({ issuer, egress }: Settings, open: (settings: EgressSettings) => Egress): Outside {
  const { hostname, port, protocol } = new URL(issuer)
  const own = `${hostname}:${port === '' ? (protocol === 'https:' ? '443' : '80') : port}`
  const usual = open(egress)
  // The issuer is the operator's own word, and inside of a network its name often has a private address. And its plain
  // http neighbour is looked at to find that it does not answer.
  const opened = open({ ...egress, allow: [...egress.allow, own, `${hostname}:80`] })
  return {
    async get(url, headers = {}) {
      const request = {
        trust: 'settings',
        accept: 'application/json',
        maxBytes: MAX_BYTES,
        timeoutMs: LOOK_TIMEOUT_MS,
        headers,
      } as const
      const first = await usual.get(url, request)
      const outcome = first.kind === 'refused' ? await opened.get(url, request) : first
      if (outcome.kind !== 'answer') return { kind: 'nothing', reason: outcome.reason }
      return { kind: 'answer', answer: outcome, inside: first.kind === 'refused' ? outcome.address : undefined }
    },
    async close() {
      await Promise.all([usual.close(), opened.close()])
    },
  }
}

/** The members of a JSON object, or undefined for anything else. */
export function membersOf(body: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'))
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? { ...parsed } : undefined
  } catch {
    return undefined
  }
}
