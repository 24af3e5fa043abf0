import type { ListenerAnswer } from '../listener/listener.ts'
import { headerOf, type WireRequest } from '../wire/message.ts'
import { readCompact } from './compact.ts'
import type { MintChange } from './hostile-issuer.ts'
import { LIFETIME_SECONDS } from './mint.ts'

export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token'

/** A token exchange as it was asked for, and what came of it. */
export interface TokenExchange {
  readonly subjectToken: string
  /** Every `resource` and `audience` that was named. */
  readonly targets: readonly string[]
  /** Who asked, as far as it said so: the actor of the token that was issued. */
  readonly client: string | undefined
  /** Undefined when it was refused. */
  readonly token: string | undefined
}

/** Where tokens are exchanged. */
export interface ExchangeDesk {
  readonly exchanges: readonly TokenExchange[]
  setOpen(open: boolean): void
  /** @see {@link https://www.rfc-editor.org/rfc/rfc8693#section-2 RFC 8693 §2} */
  answer(request: WireRequest): ListenerAnswer
}

export interface ExchangeDeps {
  readonly introspect: (token: string) => Readonly<Record<string, unknown>>
  readonly mint: (audience: string, change: MintChange) => string
}

/** A subject that exchanges without end must not fill the examiner's memory. */
const MAX_REMEMBERED = 500

/**
 * Exchanges tokens as an honest authorization server does, but for one thing: it believes who asks, because no server under
 * examination is registered here.
 */
export function createExchangeDesk({ introspect, mint }: ExchangeDeps): ExchangeDesk {
  const exchanges: TokenExchange[] = []
  let open = true
  return {
    exchanges,
    setOpen(value) {
      open = value
    },
    answer(request) {
      const form = new URLSearchParams(request.body ?? '')
      const asked = {
        subjectToken: form.get('subject_token') ?? '',
        targets: [...form.getAll('resource'), ...form.getAll('audience')],
        client: clientOf(request, form),
      }
      const scope = form.get('scope') ?? undefined
      const { active, sub } = introspect(asked.subjectToken)
      const [target] = asked.targets
      const isGranted = open && active === true && target !== undefined
      const claims = { sub, client_id: asked.client, scope, act: { sub: asked.client } }
      const token = isGranted ? mint(target, { claims }) : undefined
      if (exchanges.length < MAX_REMEMBERED) exchanges.push({ ...asked, token })
      return token === undefined ? refused(open ? 'invalid_request' : 'invalid_target') : issued(token, scope)
    },
  }
}

function issued(token: string, scope: string | undefined): ListenerAnswer {
  const body = { access_token: token, issued_token_type: ACCESS_TOKEN, token_type: 'Bearer' }
  return { status: 200, body: { ...body, expires_in: LIFETIME_SECONDS, ...(scope !== undefined && { scope }) } }
}

function refused(error: string): ListenerAnswer {
  return { status: 400, body: { error } }
}

/** The client of an assertion, of Basic, or of the form. */
function clientOf(request: WireRequest, form: URLSearchParams): string | undefined {
  const asserted = readCompact(form.get('client_assertion') ?? '')?.claims.sub
  if (typeof asserted === 'string') return asserted
  const basic = /^basic (.+)$/i.exec(headerOf(request, 'authorization') ?? '')?.[1]
  if (basic === undefined) return form.get('client_id') ?? undefined
  return Buffer.from(basic, 'base64').toString('utf8').split(':')[0]
}
