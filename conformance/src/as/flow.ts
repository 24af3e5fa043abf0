import type { Answers, Arrival, Browser, Person } from '../browser/browser.ts'
import {
  type AuthorizationRequest,
  type AuthorizationWish,
  buildAuthorizationRequest,
} from '../oauth/authorization-request.ts'
import { type AuthorizationServer, listedIn, type OAuthClient } from '../oauth/authorization-server.ts'
import { refusalInWords } from '../oauth/oauth-answer.ts'
import { type AuthorizationAnswer, readRedirect } from '../oauth/redirect.ts'
import {
  buildTokenRequest,
  codeGrant,
  type RequestChange,
  readTokenAnswer,
  type TokenAnswer,
  type TokenResponse,
} from '../oauth/token-request.ts'
import type { WireAnswer } from '../wire/message.ts'
import { missing } from './asking.ts'
import type { Clients } from './clients.ts'
import type { EvidenceWire } from './evidence-wire.ts'
import { type Remembered, remember } from './memory.ts'

/** A code, and the request that it answers. */
export interface Granted {
  readonly client: OAuthClient
  readonly request: AuthorizationRequest
  readonly code: string
  readonly answer: AuthorizationAnswer
  readonly pages: readonly WireAnswer[]
}

/** The first authorization of a run, from the request to the tokens. */
export interface FirstFlow extends Granted {
  readonly tokens: TokenResponse
  readonly granted: TokenResponse
  readonly tokenAnswer: WireAnswer
}

/** What came of saying no to a client that nobody had agreed to before. */
export interface Denial {
  readonly request: AuthorizationRequest
  readonly answer: AuthorizationAnswer
  readonly pages: readonly WireAnswer[]
}

/** Tokens that work, as far as is known. */
export interface Live {
  readonly client: OAuthClient
  readonly request: AuthorizationRequest
  readonly tokens: TokenResponse
  /** Those that the code gave, before any refresh. */
  readonly granted: TokenResponse
}

export interface Wish extends AuthorizationWish {
  readonly client?: OAuthClient
}

/** A person who signs in and agrees, and a client that redeems what comes of it. */
export interface Flow {
  readonly first: Remembered<FirstFlow>
  readonly denial: Remembered<Denial>
  /** What a client asks for unless told otherwise: the resource, the scopes. */
  request(wish?: Wish): Promise<{ readonly client: OAuthClient; readonly request: AuthorizationRequest }>
  /** Opens a request in the browser of the person. */
  visit(request: AuthorizationRequest, decision?: Answers['decision']): Promise<Arrival>
  /** A fresh code. @throws Unmet where there is none */
  code(wish?: Wish): Promise<Granted>
  redeem(granted: Granted, change?: RequestChange, client?: OAuthClient): Promise<TokenAnswer>
  /** A fresh code and its tokens. @throws Unmet */
  tokens(wish?: Wish): Promise<Live>
  /** Tokens that no check has ended: those of the first flow, while they last. @throws Unmet */
  live(): Promise<Live>
  /** Says what has become of them: successors, or nothing, also where a server may have ended more than the check aimed at. */
  became(next: Live | undefined): void
}

export interface FlowOptions {
  readonly wire: EvidenceWire
  readonly browser: Browser
  readonly person: Person
  readonly server: AuthorizationServer
  readonly clients: Clients
  readonly resource: string
  readonly scopes: readonly string[]
}

export function createFlow(options: FlowOptions): Flow {
  const { wire, browser, person, server, clients, resource } = options
  let alive: Live | undefined
  const request: Flow['request'] = async ({ client, ...wish } = {}) => {
    const who = client ?? (await clients.first())
    const asked = { resource, ...wish, ...withRefresh(server, wish.scopes ?? options.scopes, wish.change) }
    return { client: who, request: buildAuthorizationRequest(server, who, asked) }
  }
  const visit: Flow['visit'] = (made, decision = 'allow') =>
    browser.authorize(made.url, made.redirectUri, { person, decision })
  const grant = async (wish: Wish = {}): Promise<Granted> => {
    const made = await request(wish)
    const arrival = await visit(made.request)
    if (arrival.kind !== 'redirected') throw missing(`the authorization did not come back: ${arrivalInWords(arrival)}`)
    const answer = readRedirect(arrival.to)
    if (answer.kind !== 'code') throw missing(`the authorization came back without a code: ${answerInWords(answer)}`)
    return { ...made, code: answer.code, answer, pages: arrival.pages }
  }
  const redeem: Flow['redeem'] = async (granted, change = {}, client = granted.client) =>
    readTokenAnswer(
      await wire.send(await buildTokenRequest(server, client, codeGrant(granted.code, granted.request), change)),
    )
  const complete = async (wish: Wish = {}): Promise<FirstFlow> => {
    const granted = await grant(wish)
    const answer = await redeem(granted)
    if (answer.kind !== 'tokens') throw missing(`the code was not redeemed: ${refusalInWords(answer)}`)
    return { ...granted, tokens: answer.tokens, granted: answer.tokens, tokenAnswer: answer.answer }
  }
  const deny = async (): Promise<Denial> => {
    const { request: made } = await request({ client: await clients.second(), change: { prompt: 'consent' } })
    const arrival = await visit(made, 'deny')
    if (arrival.kind !== 'redirected') throw missing(`the refusal did not come back: ${arrivalInWords(arrival)}`)
    return { request: made, answer: readRedirect(arrival.to), pages: arrival.pages }
  }
  // Every question waits for the first flow: a sign-in that fails is tried once in a run.
  const first = remember(wire, async () => {
    const flow = await complete()
    alive = flow
    return flow
  })
  const denial = remember(wire, async () => signedIn().then(deny))
  const signedIn = async (): Promise<void> => void (await first.know())
  return {
    first,
    denial,
    request,
    redeem,
    visit: async (made, decision) => signedIn().then(() => visit(made, decision)),
    code: async (wish) => signedIn().then(() => grant(wish)),
    tokens: async (wish) => signedIn().then(() => complete(wish)),
    async live() {
      await signedIn()
      alive ??= await complete()
      return alive
    },
    became(next) {
      alive = next
    },
  }
}

/** As clients of the SDK do: where refresh tokens are a scope, they ask for it, and for the consent that OpenID Connect wants. */
function withRefresh(
  server: AuthorizationServer,
  scopes: readonly string[],
  change: AuthorizationWish['change'] = {},
): AuthorizationWish {
  if (scopes.length === 0 || !listedIn(server, 'scopes_supported').includes('offline_access')) return { scopes, change }
  return { scopes: [...new Set([...scopes, 'offline_access'])], change: { prompt: 'consent', ...change } }
}

export function arrivalInWords(arrival: Exclude<Arrival, { kind: 'redirected' }>): string {
  return arrival.kind === 'stuck' ? arrival.why : `an error page with status ${arrival.answer.status}`
}

export function answerInWords(answer: AuthorizationAnswer): string {
  if (answer.kind === 'error') return `error ${answer.error}${answer.description ? ` (${answer.description})` : ''}`
  return answer.kind === 'code' ? 'a code' : `neither a code nor an error, or both`
}
