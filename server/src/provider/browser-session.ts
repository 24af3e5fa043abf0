import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Provider } from 'oidc-provider'
import type { Sealer } from '../keys/sealing.ts'
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
  provider: Provider
  sessions: Sessions
  sealer: Sealer
  cookieName: string
}): BrowserSessions {
  const { provider, sessions, cookieName } = options
  const keys = options.sealer.macKeys('form-token')
  const tokens = (uid: string): string[] =>
    keys.map((key) =>
      createHmac('sha256', key)
        .update(JSON.stringify(['session', uid]))
        .digest('base64url'),
    )
  return {
    async find(req, res) {
      const id = provider.createContext(req, res).cookies.get(cookieName, { signed: true })
      const stored = id === undefined ? undefined : await sessions.find(id)
      if (stored?.account === undefined) return undefined
      const { uid, account } = stored
      return { uid, accountId: account.id, login: account.login, formToken: tokens(uid)[0] ?? '' }
    },
    checkFormToken(session, token) {
      return tokens(session.uid).some((expected) => {
        const [left, right] = [Buffer.from(expected), Buffer.from(token)]
        return left.length === right.length && timingSafeEqual(left, right)
      })
    },
    async end(session, req, res) {
      await sessions.end(session.uid)
      provider.createContext(req, res).cookies.set(cookieName, null, { path: '/', signed: true, httpOnly: true })
    },
  }
}
