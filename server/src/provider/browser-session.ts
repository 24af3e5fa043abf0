import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Provider } from 'oidc-provider'
import type { FormTokens } from '../keys/form-tokens.ts'
import type { Sessions } from '../store/sessions.ts'

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
}

export function createBrowserSessions(options: {
  /** Any engine will do: they all know the same cookies. */
  provider: () => Provider
  sessions: Sessions
  formTokens: FormTokens
  cookieName: string
}): BrowserSessions {
  const { provider, sessions, formTokens, cookieName } = options
  const binding = (uid: string): readonly string[] => ['session', uid]
  return {
    async find(req, res) {
      const id = provider().createContext(req, res).cookies.get(cookieName, { signed: true })
      const stored = id === undefined ? undefined : await sessions.find(id)
      if (stored?.account === undefined) return undefined
      const { uid, account } = stored
      return { uid, accountId: account.id, login: account.login, formToken: formTokens.issue(binding(uid)) }
    },
    checkFormToken: (session, token) => formTokens.check(binding(session.uid), token),
    async end(session, req, res) {
      await sessions.end(session.uid)
      provider().createContext(req, res).cookies.set(cookieName, null, { path: '/', signed: true, httpOnly: true })
    },
  }
}
