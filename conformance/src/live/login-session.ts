import { createBrowser } from '../browser/create-browser.ts'
import type { AuthorizationServer, OAuthClient } from '../oauth/authorization-server.ts'
import { refreshGrant, requestToken, type TokenResponse } from '../oauth/token-request.ts'
import { revokeToken } from '../oauth/token-state.ts'
import type { TokensFor } from '../server/real-tokens.ts'
import type { Wire } from '../wire/wire.ts'
import { findIssuer, NoSignIn, registerOwnClient } from './issuer-found.ts'
import { type LiveOptions, nameOfLogin } from './live-options.ts'
import type { LoginStore, StoredLogin } from './login-store.ts'
import { type SignedIn, type SignInWish, signIn } from './sign-in.ts'

/** One person at one issuer, for one run. */
export interface LoginSession {
  readonly server: AuthorizationServer
  readonly client: OAuthClient
  /** Signs the person in, with a grant of its own. */
  signIn(wish: SignInWish): Promise<SignedIn>
  /**
   * Uses the login that is kept for the server, for these scopes or fewer.
   * @returns undefined when there is none, or none any more
   */
  refresh(scopes: readonly string[]): Promise<TokenResponse | undefined>
  /** Keeps a login for `refresh`, and for the next run where logins are stored. */
  keep(tokens: TokenResponse, scopes: readonly string[]): Promise<void>
  /** Takes back what this run was given and nothing keeps. */
  close(): Promise<void>
}

/** The login that tokens are refreshed from. */
type Kept = Pick<StoredLogin, 'refreshToken' | 'scopes'>

/**
 * Finds the issuer, and a client that it knows.
 * @throws NoSignIn @throws Unanswered
 */
export async function openLoginSession(wire: Wire, options: LiveOptions, target: TokensFor): Promise<LoginSession> {
  const issuer = options.issuer ?? target.issuers[0]
  if (issuer === undefined)
    throw new NoSignIn('the metadata of the server names no issuer to sign in at: --as names one')
  const server = await findIssuer(wire, issuer)
  const key = {
    issuer,
    resource: target.resource,
    login: nameOfLogin(options.login),
    clientId: options.client?.clientId,
  }
  const stored = await options.store?.find(key)
  const client = options.client ?? stored?.client ?? (await registerOwnClient(wire, server))
  const about = { ...key, client, isRegistered: options.client === undefined }
  const browser = createBrowser(wire, { origins: [new URL(issuer).origin] })
  const { login, tell, store } = options
  /** Refresh tokens of grants that nobody will use again. */
  const loose: string[] = []
  const keeper = createKeeper(store, about, stored, loose)
  return {
    server,
    client,
    async signIn(wish) {
      const signedIn = await signIn({ wire, server, client, login, browser, tell }, wish)
      if (signedIn.kind === 'signed in') loose.push(signedIn.tokens.refreshToken ?? signedIn.tokens.accessToken)
      return signedIn
    },
    refresh: (scopes) => refreshKept({ wire, server, client }, keeper, target.resource, scopes),
    keep: keeper.keep,
    async close() {
      for (const token of loose) await revokeToken(wire, server, client, { token }).catch(() => undefined)
    },
  }
}

interface Keeper {
  readonly current: Kept | undefined
  keep(tokens: TokenResponse, scopes: readonly string[]): Promise<void>
  drop(): Promise<void>
}

function createKeeper(
  store: LoginStore | undefined,
  about: Pick<StoredLogin, 'issuer' | 'resource' | 'login' | 'client' | 'isRegistered'>,
  stored: Kept | undefined,
  loose: string[],
): Keeper {
  let current = stored
  return {
    get current() {
      return current
    },
    async keep({ refreshToken }, scopes) {
      if (refreshToken === undefined) return
      current = { refreshToken, scopes }
      if (store === undefined) {
        loose.push(refreshToken)
        return
      }
      await store.keep({ ...about, ...current })
      const at = loose.indexOf(refreshToken)
      if (at !== -1) loose.splice(at, 1)
    },
    async drop() {
      if (current !== undefined) await store?.forget({ ...about, ...current })
      current = undefined
    },
  }
}

async function refreshKept(
  { wire, server, client }: { readonly wire: Wire; readonly server: AuthorizationServer; readonly client: OAuthClient },
  keeper: Keeper,
  resource: string,
  scopes: readonly string[],
): Promise<TokenResponse | undefined> {
  const { current } = keeper
  if (current === undefined || !scopes.every((scope) => current.scopes.includes(scope))) return undefined
  const isNarrower = scopes.length < current.scopes.length
  const wish = isNarrower ? { resource, scope: scopes.join(' ') } : { resource }
  const answer = await requestToken(wire, server, client, refreshGrant(current.refreshToken, wish))
  if (answer.kind === 'tokens') {
    await keeper.keep(answer.tokens, current.scopes)
    return answer.tokens
  }
  // Dead: withdrawn, expired, or used by somebody else. Other errors say nothing of the login.
  if (answer.kind === 'error' && answer.error === 'invalid_grant') await keeper.drop()
  return undefined
}
