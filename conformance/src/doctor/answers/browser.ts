import { headerOf, type WireAnswer } from '../../wire/message.ts'
import type { Reply } from '../reply.ts'
import { ok, type Step, stop, warn } from '../step.ts'

/** Headers that clients send to the endpoint, about which a browser asks first. */
export const CLIENT_HEADERS = ['authorization', 'content-type', 'mcp-protocol-version'] as const

/** What a page of another origin got; undefined where there was nothing to ask. */
export interface SeenByBrowser {
  readonly origin: string
  /** OPTIONS before the POST to the endpoint. */
  readonly preflight: Reply
  /** The 401 to the POST. */
  readonly refusal: Reply
  readonly metadata: Reply | undefined
  readonly issuer: Reply | undefined
  /** A POST to the token endpoint that asks for nothing. */
  readonly token: Reply | undefined
}

interface Trouble {
  readonly ailment: string
  readonly saw: string
}

/** @param counts whether clients in a browser are what the operator asks about */
export function judgeBrowser(seen: SeenByBrowser, counts: boolean): Step {
  const troubles = [
    preflightTrouble(seen),
    challengeTrouble(seen),
    readTrouble(seen.metadata, seen.origin, 'cors-metadata', 'the protected resource metadata'),
    readTrouble(seen.issuer, seen.origin, 'cors-issuer', 'the metadata of the authorization server'),
    readTrouble(seen.token, seen.origin, 'cors-token', 'answers of the token endpoint'),
  ].filter((trouble) => trouble !== undefined)
  const [first] = troubles
  if (first === undefined) return ok('browser', `Pages of ${seen.origin} may call and read everything on the way.`)
  const ailing = {
    ailment: first.ailment,
    saw: `A client in a browser (${seen.origin}) is stopped by CORS: ${troubles.map(({ saw }) => saw).join('; ')}.`,
    change:
      'Where browsers shall be clients: answer preflights with Access-Control-Allow-Origin and -Allow-Headers before asking for a token, send Access-Control-Allow-Origin: * with public documents and with 401, and Access-Control-Expose-Headers: WWW-Authenticate, Mcp-Session-Id.',
  }
  return counts ? stop('browser', ailing) : warn('browser', ailing)
}

function preflightTrouble({ preflight, origin }: SeenByBrowser): Trouble | undefined {
  const trouble = (saw: string): Trouble => ({ ailment: 'cors-endpoint', saw: `the preflight of the endpoint ${saw}` })
  if (preflight.kind === 'silent') return trouble('is not answered')
  const { answer } = preflight
  if (answer.status < 200 || answer.status > 299) return trouble(`is answered ${answer.status}`)
  if (!allows(answer, origin)) return trouble('does not allow the origin')
  const allowed = (headerOf(answer, 'access-control-allow-headers') ?? '').toLowerCase().split(/\s*,\s*/)
  // A star does not stand for Authorization.
  const missing = CLIENT_HEADERS.filter(
    (name) => !allowed.includes(name) && (name === 'authorization' || !allowed.includes('*')),
  )
  return missing.length === 0 ? undefined : trouble(`does not allow the header ${missing.join(', ')}`)
}

function challengeTrouble({ refusal, origin }: SeenByBrowser): Trouble | undefined {
  const trouble = (saw: string): Trouble => ({ ailment: 'cors-challenge', saw })
  if (refusal.kind === 'silent') return trouble('the 401 does not come')
  const { answer } = refusal
  if (answer.status === 403) return trouble('the server refuses the origin (403)')
  if (!allows(answer, origin)) return trouble('the 401 cannot be read')
  const exposed = (headerOf(answer, 'access-control-expose-headers') ?? '').toLowerCase().split(/\s*,\s*/)
  const isExposed = exposed.includes('www-authenticate') || exposed.includes('*')
  return isExposed || headerOf(answer, 'www-authenticate') === undefined
    ? undefined
    : trouble('the challenge is hidden from pages')
}

function readTrouble(reply: Reply | undefined, origin: string, ailment: string, what: string): Trouble | undefined {
  // What does not come at all is no matter of pages.
  if (reply === undefined || reply.kind === 'silent' || allows(reply.answer, origin)) return undefined
  return { ailment, saw: `${what} cannot be read` }
}

function allows(answer: WireAnswer, origin: string): boolean {
  const allowed = headerOf(answer, 'access-control-allow-origin')
  return allowed === '*' || allowed === origin
}
