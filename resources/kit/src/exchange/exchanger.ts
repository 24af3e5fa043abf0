import type { Access, AuthInfo } from '../access.ts'
import type { IssuerSource } from '../issuer/issuer-source.ts'
import { postForm } from '../issuer/post-form.ts'
import type { GuardLog } from '../protect-options.ts'
import { type ClientCredentials, signClientAssertion } from './client-assertion.ts'
import type { DownstreamToken } from './downstream-token.ts'
import { createDownstreamTokens, type Exchanged } from './downstream-tokens.ts'
import { ExchangeError } from './exchange-error.ts'
import type { RequestFailure } from './exchange-failure.ts'
import { type ExchangeOptions, type ExchangeTarget, parseExchangeTarget } from './exchange-target.ts'
import { ACCESS_TOKEN_TYPE, judgeAnswer } from './judge-answer.ts'
import { createSubjectTokens, type SubjectToken } from './subject-tokens.ts'

const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** Who made a call: what `handle` and `admit` hand on, or what both lines of the MCP SDK hand to tools. */
export type ExchangeSubject = Pick<Access, 'handle'> | Pick<AuthInfo, 'token'> | undefined

/** Makes downstream tokens of the access tokens that came in. */
export interface Exchanger {
  /** To be told of every token that was found good. */
  remember(access: Access, token: string): void
  exchange(subject: ExchangeSubject, options: ExchangeOptions): Promise<DownstreamToken>
}

/** What an exchange needs. */
export interface ExchangerDeps {
  readonly client: ClientCredentials
  readonly issuer: string
  /** The resource whose tokens are exchanged. */
  readonly resource: string
  readonly source: Pick<IssuerSource, 'metadata'>
  readonly fetch: typeof fetch
  /** Seconds since the epoch. */
  readonly clock: () => number
  readonly log: GuardLog
}

/** The exchanger of a guard without a client: it keeps no token, and says what is missing. */
export const NO_EXCHANGER: Exchanger = Object.freeze({
  remember: () => undefined,
  exchange: () => Promise.reject(new ExchangeError({ kind: 'no-client' })),
})

/**
 * Makes the exchanger of one guard.
 *
 * @param deps the client and how to reach the issuer
 * @see {@link https://www.rfc-editor.org/rfc/rfc8693#section-2 RFC 8693 §2}
 */
export function createExchanger(deps: ExchangerDeps): Exchanger {
  const { clock } = deps
  const subjects = createSubjectTokens()
  const downstream = createDownstreamTokens({ clock })

  async function request(handle: string, subject: SubjectToken, target: ExchangeTarget): Promise<Exchanged> {
    const outcome = await requestToken(deps, subject, target)
    if (outcome.ok) return outcome
    const { failure } = outcome
    // The grant is gone: what was made from it before may still be accepted somewhere, so it is not handed out again.
    if (failure.kind === 'refused' && failure.oauthError === 'invalid_grant') downstream.drop(handle)
    const error = new ExchangeError(failure)
    deps.log({ code: error.code, detail: failure.detail })
    throw error
  }

  return {
    remember: (access, token) => subjects.remember(access, token, clock()),
    exchange: async (subject, options) => {
      const parsed = parseExchangeTarget(options, deps.resource)
      if (!parsed.ok) throw new ExchangeError({ kind: 'arguments', detail: parsed.detail })
      const handle = handleIn(subject)
      const found = handle === undefined ? undefined : subjects.find(handle, clock())
      if (handle === undefined || found === undefined) throw new ExchangeError({ kind: 'unknown-access' })
      const exchange = (): Promise<Exchanged> => request(handle, found, parsed.target)
      return options.fresh === true
        ? downstream.renew(handle, parsed.target, exchange)
        : downstream.obtain(handle, parsed.target, exchange)
    },
  }
}

// Both shapes, read as unknown: a server without types may give anything, and the SDKs' `authInfo` may be missing.
function handleIn(subject: unknown): string | undefined {
  if (typeof subject !== 'object' || subject === null) return undefined
  const { handle, token }: { handle?: unknown; token?: unknown } = subject
  const found = handle ?? token
  return typeof found === 'string' ? found : undefined
}

type Outcome = ({ readonly ok: true } & Exchanged) | { readonly ok: false; readonly failure: RequestFailure }

async function requestToken(deps: ExchangerDeps, subject: SubjectToken, target: ExchangeTarget): Promise<Outcome> {
  const metadata = await deps.source.metadata()
  if (metadata === undefined) {
    return { ok: false, failure: { kind: 'unavailable', detail: `${deps.issuer}: no metadata at the moment` } }
  }
  if (metadata.tokenEndpoint === undefined) {
    const detail = `${deps.issuer}: token_endpoint ${JSON.stringify(metadata.document.token_endpoint)} cannot be used`
    return { ok: false, failure: { kind: 'unsupported', detail } }
  }
  const sentAt = deps.clock()
  const form = new URLSearchParams({
    grant_type: TOKEN_EXCHANGE,
    subject_token: subject.token,
    subject_token_type: ACCESS_TOKEN_TYPE,
    resource: target.resource,
    ...(target.scopes !== undefined && { scope: target.scopes.join(' ') }),
    client_assertion_type: JWT_BEARER,
    client_assertion: await signClientAssertion(deps.client, deps.issuer, sentAt),
  })
  const answer = await postForm(metadata.tokenEndpoint, form, deps.fetch)
  const subjectToken = subject.token
  return judgeAnswer(answer, { target, subjectToken, subjectExpiresAt: subject.expiresAt, sentAt })
}
