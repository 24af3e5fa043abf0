import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Provider } from 'oidc-provider'
import type { FormTokens } from '../keys/form-tokens.ts'
import type { Database } from '../store/database.ts'
import type { Sessions } from '../store/sessions.ts'
import type { SignedInBy } from '../store/sign-in-proof.ts'
import { commit, currentUnit } from '../store/unit-of-work.ts'

/** The sign-in session of the browser that sent a request. */
export interface BrowserSession {
  readonly uid: string
  readonly accountId: string
  readonly login: string
  readonly formToken: string
}

/** What pages outside of an interaction do with the browser's session. */
export interface BrowserSessions {
  find(req: IncomingMessage, res: ServerResponse): Promise<BrowserSession | undefined>
  checkFormToken(session: BrowserSession, token: string): boolean
  /** Signs the browser out and takes its cookie back. */
  end(session: BrowserSession, req: IncomingMessage, res: ServerResponse): Promise<void>
  /** Signs every browser of the session's person out, this one included. */
  endAll(session: BrowserSession, req: IncomingMessage, res: ServerResponse): Promise<void>
  /** The token of a sign-in form that belongs to no interaction, bound to this browser. */
  openSignIn(): string
  /** Whether `token` is of a form that was opened in this browser. */
  checkSignIn(token: string): boolean
  /** @returns false when what was proven counts no longer: the password was changed, or the passkey removed, meanwhile */
  signIn(person: SignedInBy, req: IncomingMessage, res: ServerResponse): Promise<boolean>
}

export interface BrowserSessionDeps {
  /** Any engine will do: they all know the same cookies. */
  readonly provider: () => Provider
  readonly database: Database
  readonly sessions: Sessions
  readonly formTokens: FormTokens
  readonly cookieNames: { readonly session: string; readonly signIn: string }
  readonly basePath: string
  /** How long a sign-in lasts, seconds. */
  readonly lifetimeSeconds: number
  /** Seconds since 1970. */
  readonly now: () => number
}

// 128 random bits: whoever plants a form of their own (login CSRF) cannot guess it.
const SIGN_IN_BYTES = 16
// Time enough to find a password.
const SIGN_IN_SECONDS = 3_600

export function createBrowserSessions(deps: BrowserSessionDeps): BrowserSessions {
  const { provider, sessions, formTokens, cookieNames } = deps
  const binding = (uid: string): readonly string[] => ['session', uid]
  const cookiesOf = (req: IncomingMessage, res: ServerResponse) => provider().createContext(req, res).cookies
  const forget = (req: IncomingMessage, res: ServerResponse): void => {
    cookiesOf(req, res).set(cookieNames.session, null, { path: '/', signed: true, httpOnly: true })
  }
  return {
    async find(req, res) {
      const id = cookiesOf(req, res).get(cookieNames.session, { signed: true })
      const stored = id === undefined ? undefined : await sessions.find(id)
      if (stored?.account === undefined) return undefined
      const { uid, account } = stored
      return { uid, accountId: account.id, login: account.login, formToken: formTokens.issue(binding(uid)) }
    },
    checkFormToken: (session, token) => formTokens.check(binding(session.uid), token),
    async end(session, req, res) {
      await sessions.end(session.uid)
      forget(req, res)
    },
    async endAll(session, req, res) {
      await sessions.endAll(session.accountId)
      forget(req, res)
    },
    openSignIn() {
      const { cookies } = currentUnit()
      const opened = cookies.get(cookieNames.signIn) ?? randomBytes(SIGN_IN_BYTES).toString('base64url')
      cookies.set(cookieNames.signIn, opened, { path: `${deps.basePath}/account`, maxAgeSeconds: SIGN_IN_SECONDS })
      return formTokens.issue(['sign-in', opened])
    },
    checkSignIn(token) {
      const opened = currentUnit().cookies.get(cookieNames.signIn)
      return opened !== undefined && formTokens.check(['sign-in', opened], token)
    },
    async signIn(person, req, res) {
      const unit = currentUnit()
      const { accountId, acr, amr } = person
      unit.signInProof = person.proof
      // A new session under a new id: one from before sign-in could have been planted (fixation).
      const { Session } = provider()
      const session = new Session()
      session.loginAccount({ accountId, acr, amr: [...amr], loginTs: deps.now() })
      await session.save(deps.lifetimeSeconds)
      if ((await commit(deps.database, unit, 0)) !== 'done') return false
      const expires = new Date((deps.now() + deps.lifetimeSeconds) * 1_000)
      cookiesOf(req, res).set(cookieNames.session, session.jti, {
        ...{ path: '/', signed: true, httpOnly: true, sameSite: 'lax' },
        expires,
      })
      return true
    },
  }
}
