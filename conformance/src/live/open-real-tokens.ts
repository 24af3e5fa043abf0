import { readCompact } from '../issuer/compact.ts'
import { EndpointMissing, listedIn, secretsOfClient } from '../oauth/authorization-server.ts'
import { refusalInWords } from '../oauth/oauth-answer.ts'
import { exchangeGrant, requestToken, type TokenResponse } from '../oauth/token-request.ts'
import { revokeToken } from '../oauth/token-state.ts'
import type { RealToken, RealTokens, TokensFor, TokenWish } from '../server/real-tokens.ts'
import { Unanswered, type Wire } from '../wire/wire.ts'
import { NoSignIn } from './issuer-found.ts'
import type { LiveOptions } from './live-options.ts'
import { type LoginSession, openLoginSession } from './login-session.ts'
import { LoopbackError } from './loopback.ts'
import type { SignedIn, SignInWish } from './sign-in.ts'

/** A token that ends within one check would be refused for the wrong reason. Seconds. */
const MARGIN_SECONDS = 30

/** Real tokens of one run; `close` takes back what nobody keeps. */
export interface OpenRealTokens extends RealTokens {
  close(): Promise<void>
}

const none = (why: string): RealToken => ({ kind: 'none', why })

interface Source {
  readonly wire: Wire
  readonly options: LiveOptions
  readonly target: TokensFor
  readonly session: LoginSession
  readonly secrets: string[]
  /** Tokens for the examined server, by their scopes. */
  readonly issued: Map<string, Extract<RealToken, { kind: 'token' }>>
  /** How often the person had to sign in. */
  signIns: number
  /** Why nobody signs in any more. */
  end: string | undefined
}

/** Finds issuer and client; the first wish signs in. What stands in the way becomes the answer to every wish. */
export async function openRealTokens(wire: Wire, options: LiveOptions, target: TokensFor): Promise<OpenRealTokens> {
  const secrets = [...secretsOf(options)]
  const opened = await orWhy(() => openLoginSession(wire, options, target))
  if ('why' in opened) {
    const { why } = opened
    return { get: async () => none(why), revoke: async () => why, close: async () => undefined, secrets }
  }
  const session = opened.value
  secrets.push(...secretsOfClient(session.client))
  const source: Source = { wire, options, target, session, secrets, issued: new Map(), signIns: 0, end: undefined }
  return {
    secrets,
    async get(wish) {
      const got = await orWhy(() => grant(source, wish))
      return 'why' in got ? none(got.why) : got.value
    },
    async revoke(token) {
      const done = await orWhy(() => revokeToken(wire, session.server, session.client, { token, hint: 'access_token' }))
      if ('why' in done) return done.why
      return done.value.kind === 'done' ? undefined : `the issuer did not revoke it: ${refusalInWords(done.value)}`
    },
    close: session.close,
  }
}

function secretsOf({ login, client, exchange }: LiveOptions): readonly string[] {
  const password = login.way === 'form' ? login.password : undefined
  const clients = [client, exchange?.client].filter((each) => each !== undefined)
  return [...(password === undefined ? [] : [password]), ...clients.flatMap(secretsOfClient)]
}

type OrWhy<Value> = { readonly value: Value } | { readonly why: string }

/** What an issuer lacks or leaves unanswered is a reason; a spent budget is not, and ends the run's checks elsewhere. */
async function orWhy<Value>(work: () => Promise<Value>): Promise<OrWhy<Value>> {
  try {
    return { value: await work() }
  } catch (error) {
    const isExpected = [NoSignIn, EndpointMissing, LoopbackError, Unanswered].some((kind) => error instanceof kind)
    if (isExpected && error instanceof Error) return { why: error.message }
    throw error
  }
}

function grant(source: Source, wish: TokenWish): Promise<RealToken> {
  const { target, options } = source
  switch (wish.kind) {
    case 'scopes':
      return withScopes(source, wish.scopes)
    case 'to revoke':
      return byNewGrant(source, { resource: target.resource, scopes: target.scopes }, ({ accessToken }) => accessToken)
    case 'other resource':
      return forOtherResource(source, options.otherResource)
    case 'exchanged':
      return exchanged(source)
    case 'ID token':
      return idToken(source)
    default:
      return wish satisfies never
  }
}

async function withScopes(source: Source, scopes: readonly string[]): Promise<RealToken> {
  const { session, issued, target } = source
  const key = [...scopes].sort().join(' ')
  const known = issued.get(key)
  if (known !== undefined && (known.expiresAt ?? Number.POSITIVE_INFINITY) > now() + MARGIN_SECONDS) return known
  const refreshed = await session.refresh(scopes)
  if (refreshed !== undefined) return remember(source, key, refreshed, scopes)
  const refusal = whyNotAgain(source)
  if (refusal !== undefined) return refusal
  const signedIn = await signedInOnce(source, { resource: target.resource, scopes })
  if (signedIn.kind === 'failed') return none(signedIn.why)
  // The first login is the one to go on with; it asks for every scope that is known.
  if (issued.size === 0 || target.scopes.length <= scopes.length) await session.keep(signedIn.tokens, scopes)
  return remember(source, key, signedIn.tokens, scopes)
}

function remember(source: Source, key: string, tokens: TokenResponse, asked: readonly string[]): RealToken {
  const token = realToken(source, tokens, tokens.accessToken, asked)
  source.issued.set(key, token)
  return token
}

function realToken(
  { secrets }: Source,
  { refreshToken, scope, expiresInSeconds }: TokenResponse,
  token: string,
  asked: readonly string[],
): Extract<RealToken, { kind: 'token' }> {
  secrets.push(token, ...(refreshToken === undefined ? [] : [refreshToken]))
  const written = Number(readCompact(token)?.claims.exp)
  const said = expiresInSeconds === undefined ? undefined : now() + expiresInSeconds
  // Without `scope` an answer means: as asked (RFC 6749 §5.1).
  const scopes = scope === undefined ? asked : scope.split(' ').filter((each) => each !== '')
  return { kind: 'token', token, scopes, expiresAt: Number.isFinite(written) ? written : said }
}

async function signedInOnce(source: Source, wish: SignInWish): Promise<SignedIn> {
  source.signIns += 1
  const signedIn = await source.session.signIn(wish)
  if (signedIn.kind === 'failed' && signedIn.isFinal) source.end = signedIn.why
  return signedIn
}

/** A person is not asked to sign in again for every question that a check has. */
function whyNotAgain({ options, signIns, end }: Source): RealToken | undefined {
  if (end !== undefined) return none(end)
  return options.login.way === 'form' || signIns === 0
    ? undefined
    : none(`it would take another sign-in by hand; --login form:<name> signs in as often as is needed`)
}

async function byNewGrant(
  source: Source,
  wish: SignInWish,
  pick: (tokens: TokenResponse) => string | undefined,
): Promise<RealToken> {
  const refusal = whyNotAgain(source)
  if (refusal !== undefined) return refusal
  const signedIn = await signedInOnce(source, { ...wish, isForOnce: true })
  if (signedIn.kind === 'failed') return none(signedIn.why)
  const token = pick(signedIn.tokens)
  return token === undefined ? none('the issuer gave none') : realToken(source, signedIn.tokens, token, wish.scopes)
}

async function forOtherResource(source: Source, resource: string | undefined): Promise<RealToken> {
  if (resource === undefined)
    return none('--other-resource names another server of the issuer, whose tokens have to be refused here')
  const pick = ({ accessToken }: TokenResponse): string => accessToken
  // With the scopes of this server if the other has them too, so that nothing but the audience is wrong with it.
  const alike = await byNewGrant(source, { resource, scopes: source.target.scopes }, pick)
  const got = alike.kind === 'token' ? alike : await byNewGrant(source, { resource, scopes: [] }, pick)
  return forOthers(source, got)
}

async function exchanged(source: Source): Promise<RealToken> {
  const { wire, session, options, target } = source
  if (options.exchange === undefined)
    return none('--exchange-client names the client that exchanges tokens of this server')
  const base = await withScopes(source, target.scopes)
  if (base.kind === 'none') return base
  const { client, resource, scope } = options.exchange
  const wish = scope === undefined ? { resource } : { resource, scope }
  const answer = await requestToken(wire, session.server, client, exchangeGrant(base.token, wish))
  if (answer.kind !== 'tokens') return none(`the issuer exchanged nothing: ${refusalInWords(answer)}`)
  return forOthers(source, realToken(source, answer.tokens, answer.tokens.accessToken, []))
}

async function idToken(source: Source): Promise<RealToken> {
  if (!listedIn(source.session.server, 'scopes_supported').includes('openid'))
    return none('the issuer gives no ID tokens')
  const { resource, scopes } = source.target
  return forOthers(
    source,
    await byNewGrant(source, { resource, scopes: ['openid', ...scopes] }, (tokens) => tokens.idToken),
  )
}

/** An issuer that gives the same audience whatever it is asked for must not make a sound server look bad. */
function forOthers({ issued, target }: Source, got: RealToken): RealToken {
  if (got.kind === 'none') return got
  const audiences = audiencesOf(got.token)
  if (audiences.length === 0) return { ...got, isOpaque: true }
  const own = new Set([target.resource, ...[...issued.values()].flatMap(({ token }) => audiencesOf(token))])
  const shared = audiences.find((audience) => own.has(audience))
  return shared === undefined ? got : none(`the issuer gave a token that is for this server too (${shared})`)
}

function audiencesOf(token: string): readonly string[] {
  const audience = readCompact(token)?.claims.aud
  return [audience].flat().filter((each) => typeof each === 'string')
}

const now = (): number => Math.floor(Date.now() / 1000)
