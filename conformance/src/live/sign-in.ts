import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser } from '../browser/browser.ts'
import { type AuthorizationRequest, buildAuthorizationRequest } from '../oauth/authorization-request.ts'
import type { AuthorizationServer, OAuthClient } from '../oauth/authorization-server.ts'
import { awaitDeviceToken, requestDeviceCode } from '../oauth/device-grant.ts'
import { refusalInWords } from '../oauth/oauth-answer.ts'
import { readRedirect } from '../oauth/redirect.ts'
import { codeGrant, requestToken, type TokenAnswer, type TokenResponse } from '../oauth/token-request.ts'
import type { Wire } from '../wire/wire.ts'
import type { Login } from './live-options.ts'
import { listenForRedirect } from './loopback.ts'

/** Who signs in, where and how. */
export interface SignIn {
  readonly wire: Wire
  readonly server: AuthorizationServer
  readonly client: OAuthClient
  readonly login: Login
  /** Of the person, for `form`. */
  readonly browser: Browser
  readonly tell: (line: string) => void
}

/** What is asked for. */
export interface SignInWish {
  readonly resource: string
  readonly scopes: readonly string[]
  /** Nobody goes on with it, so the person agrees for this once where a page lets them choose. */
  readonly isForOnce?: boolean
}

export type SignedIn =
  | { readonly kind: 'signed in'; readonly tokens: TokenResponse }
  | {
      readonly kind: 'failed'
      readonly why: string
      /** To try again is of no use, and a few wrong passwords lock a person out. */
      readonly isFinal: boolean
    }

const failed = (why: string, isFinal = false): SignedIn => ({ kind: 'failed', why, isFinal })

/**
 * Signs in once, in the way that was chosen.
 * @throws EndpointMissing @throws LoopbackError @throws Unanswered
 */
export async function signIn(how: SignIn, wish: SignInWish): Promise<SignedIn> {
  if (how.login.way === 'device') return byDevice(how, wish)
  const request = buildAuthorizationRequest(how.server, how.client, wish)
  const arrived = how.login.way === 'form' ? await byForm(how, request, how.login, wish) : await byBrowser(how, request)
  return arrived instanceof URL ? redeem(how, request, arrived) : arrived
}

async function byForm(
  { browser }: SignIn,
  request: AuthorizationRequest,
  { name, password }: Extract<Login, { way: 'form' }>,
  { scopes, isForOnce }: SignInWish,
): Promise<URL | SignedIn> {
  if (password === undefined) {
    return failed(`the password of ${name} is needed: name where it is by --password-env or --password-file`, true)
  }
  const ticked = scopes.length === 0 ? {} : { scopes }
  const choices = isForOnce === true ? { choices: { duration: 'once' } } : {}
  const answers = { person: { login: name, password }, decision: 'allow', ...ticked, ...choices } as const
  const arrival = await browser.authorize(request.url, request.redirectUri, answers)
  switch (arrival.kind) {
    case 'redirected':
      return arrival.to
    case 'refused':
      return failed(`the issuer showed an error page (${arrival.answer.status}) instead of its sign-in`)
    case 'stuck':
      return failed(`${arrival.why}; --login browser signs in by hand`, true)
    default:
      return arrival satisfies never
  }
}

async function byBrowser({ tell }: SignIn, request: AuthorizationRequest): Promise<URL | SignedIn> {
  const loopback = await listenForRedirect(request.redirectUri, request.state)
  try {
    tell(`Sign in at: ${request.url}`)
    return (await loopback.arrival) ?? failed('nobody came back from the sign-in in time')
  } finally {
    loopback.close()
  }
}

/** A code is believed only with the state that was sent, and with no other issuer's name (RFC 9207). */
async function redeem({ wire, server, client }: SignIn, request: AuthorizationRequest, to: URL): Promise<SignedIn> {
  const answer = readRedirect(to)
  if (answer.state !== request.state) return failed('the issuer came back with another state than it was sent')
  if (answer.iss !== undefined && answer.iss !== server.issuer)
    return failed(`the answer names the issuer ${answer.iss}, and the sign-in was at ${server.issuer}`)
  switch (answer.kind) {
    case 'code':
      return tokensOf(await requestToken(wire, server, client, codeGrant(answer.code, request)), 'the code')
    case 'error':
      return failed(
        `the issuer came back with ${answer.error}${answer.description === undefined ? '' : ` (${answer.description})`}`,
      )
    case 'other':
      return failed('the issuer came back with neither a code nor an error')
    default:
      return answer satisfies never
  }
}

async function byDevice({ wire, server, client, tell }: SignIn, { resource, scopes }: SignInWish): Promise<SignedIn> {
  const parameters = { resource, scope: scopes.length === 0 ? undefined : scopes.join(' ') }
  const answer = await requestDeviceCode(wire, server, client, parameters)
  if (answer.kind !== 'device code') return failed(`the issuer gave no device code: ${refusalInWords(answer)}`)
  const { verificationUri, verificationUriComplete, userCode } = answer.device
  tell(`Sign in at ${verificationUri} with the code ${userCode}`)
  if (verificationUriComplete !== undefined) tell(`or at: ${verificationUriComplete}`)
  const wait = (seconds: number): Promise<unknown> => sleep(seconds * 1_000)
  return tokensOf(await awaitDeviceToken(wire, server, client, { device: answer.device, wait }), 'the device code')
}

function tokensOf(answer: TokenAnswer, what: string): SignedIn {
  return answer.kind === 'tokens'
    ? { kind: 'signed in', tokens: answer.tokens }
    : failed(`${what} was not redeemed: ${refusalInWords(answer)}`)
}
