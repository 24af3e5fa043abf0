import { createHash, KeyObject, randomBytes } from 'node:crypto'
import { API, FRONT } from '../exchange/chain.ts'
import { PASSWORD, type TestServer } from '../setup/authorization-server.ts'
import { type Browser, cookieLine, createBrowser, fieldOf } from '../setup/browser.ts'
import { type Authorization, approve, authorization, redeem, walk } from '../setup/flow.ts'
import { signAssertion } from '../setup/key-client.ts'
import { forgetLimits, registerOneMore } from '../setup/limits.ts'
import { signProof } from '../setup/proof-key.ts'
import { push } from '../setup/push.ts'
import { query } from '../setup/state.ts'
import { bend, membersOf } from './bend.ts'
import type { Ground } from './ground.ts'

/** What is live on the ground: made when it is first asked for, and again when it was spent. */
export interface Live {
  /** Puts what is live into a text in the place of each name in braces. */
  fill(text: string): Promise<string>
  /** @param what a name, or `everything` */
  spend(what: string): Promise<void>
}

type Makers = Readonly<Record<string, () => Promise<string> | string>>

// As many requests may bend one thing before there is another: what ends after a time is never used that long.
const USES_MAX = 60

/** @param login whose: the ground is shared with others, the person, the browsers and the client are not */
export function createLive(ground: Ground, login: string): Live {
  const made = new Map<string, { value: string; uses: number }>()
  let makers = makersOf(ground, login, (name) => fillOne(name))
  const fillOne = async (name: string): Promise<string> => {
    const known = made.get(name)
    if (known !== undefined && known.uses < USES_MAX) {
      known.uses += 1
      return known.value
    }
    const value = await makers[name]?.()
    if (value === undefined) throw new RangeError(`nothing here is called ${name}`)
    if (!PASSING.test(name)) made.set(name, { value, uses: 0 })
    return value
  }
  const privateKeys: Readonly<Record<string, KeyObject>> = {
    proof: KeyObject.from(ground.proofKey.privateKey),
    assertion: KeyObject.from(ground.chain.front.privateKey),
  }
  return {
    async fill(text) {
      let filled = ''
      let end = 0
      for (const { 0: whole, 1: name = '', 2: how, 3: more, index } of text.matchAll(NAMED)) {
        if (!(name in makers)) continue
        const value = await fillOne(name)
        filled +=
          text.slice(end, index) +
          (how === undefined ? value : bend(value, how, membersOf(more ?? ''), privateKeys[name]))
        end = index + whole.length
      }
      return filled + text.slice(end)
    },
    async spend(what) {
      made.delete(what)
      if (what !== 'everything') return
      made.clear()
      makers = makersOf(ground, login, (name) => fillOne(name))
      await ground.restorePassword(login)
    },
  }
}

const NAMED = /\{(\w+)(?:\|(\w+)(?:\|([\w-]*))?)?\}/g

// Made for one request each, or read from where something else that is live has left them.
const PASSING =
  /^(?:proof|assertion|cookies|sessionId|documentId|anything|verifier|access|managedToken|\w+Cookies|(?:signIn|consent|continue)Csrf)$/

function makersOf(ground: Ground, login: string, live: (name: string) => Promise<string>): Makers {
  const browser = createBrowser()
  let request: Authorization | undefined
  let access = ''
  const server = ground.open
  const asked = async (): Promise<Authorization> => {
    return authorization(server, await live('clientId'), { resource: FRONT, scope: 'mcp:issue:read mcp:issue:write' })
  }
  return {
    ...pagesOf(server, { browser, login }, asked),
    ...registrationsOf(ground),
    clientId: () => registerOneMore(server),
    resource: () => FRONT,
    downstream: () => API,
    login: () => login,
    password: () => PASSWORD,
    challenge: () => createHash('sha256').update(randomBytes(32)).digest('base64url'),
    code: async () => {
      request = await asked()
      const { code, url } = await approve(server, request, { login }, browser)
      if (code === '') throw new Error(`no code came back: ${url}`)
      return code
    },
    verifier: async () => {
      await live('code')
      return request?.verifier ?? ''
    },
    pushed: async () => String((await push(server, await asked())).body.request_uri),
    refresh: async () => {
      const own = await asked()
      const { body } = await redeem(server, own, (await approve(server, own, { login }, browser)).code, {
        resource: FRONT,
      })
      if (body.access_token === undefined) throw new Error(`no tokens came back: ${body.error}`)
      access = String(body.access_token)
      return String(body.refresh_token)
    },
    access: async () => {
      await live('refresh')
      return access
    },
    proof: () => signProof(server, ground.proofKey),
    assertion: () => signAssertion(server, ground.chain.front),
    consentId: async () => {
      await live('refresh')
      const [consent] = await query(server, 'SELECT id FROM consents WHERE client_id = $1', [await live('clientId')])
      return String(consent?.id)
    },
  }
}

function registrationsOf({ closed, initialToken }: Ground): Makers {
  let managed: Record<string, unknown> = {}
  return {
    initialToken: () => initialToken,
    anything: () => randomBytes(6).toString('base64url'),
    documentId: () => `https://client.example/fuzz/${randomBytes(9).toString('hex')}.json`,
    managedId: async () => {
      await forgetLimits(closed)
      const response = await fetch(`${closed.origin}${new URL(closed.issuer).pathname}/register`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${initialToken}` },
        body: JSON.stringify({ redirect_uris: ['https://app.example/cb'], token_endpoint_auth_method: 'none' }),
      })
      managed = await response.json()
      return String(managed.client_id)
    },
    managedToken: () => String(managed.registration_access_token),
  }
}

function pagesOf(
  server: TestServer,
  { browser, login }: { browser: Browser; login: string },
  asked: () => Promise<Authorization>,
): Makers {
  const pages = new Map<string, { uid: string; cookies: string; csrf: string }>()
  const open = async (name: string, visitor: Browser): Promise<string> => {
    // Another client each time, which the person has not agreed to yet.
    const request = authorization(server, await registerOneMore(server), { resource: FRONT, scope: 'mcp:issue:read' })
    const { url, response } = await walk(server, visitor, request.url)
    const html = (await response?.text()) ?? ''
    return keep(name, url, html, visitor)
  }
  const keep = (name: string, url: string, html: string, visitor: Browser): string => {
    const uid = /\/authorize\/([\w-]+)/.exec(url)?.[1] ?? ''
    pages.set(name, { uid, cookies: cookieLine(visitor, new URL(url).pathname), csrf: fieldOf(html, 'csrf') })
    return uid
  }
  const signedIn = async (): Promise<Browser> => {
    if (sessionOf(browser) === '') await approve(server, await asked(), { login }, browser)
    return browser
  }
  const rest = (name: string): Makers => ({
    [`${name}Cookies`]: () => pages.get(name)?.cookies ?? '',
    [`${name}Csrf`]: () => pages.get(name)?.csrf ?? '',
  })
  const issuerPath = new URL(server.issuer).pathname
  const account = async (path: string, visitor: Browser): Promise<string> => {
    return fieldOf(await (await visitor.get(`${server.issuer}${path}`)).text(), 'csrf')
  }
  const stranger = createBrowser()
  return {
    ...{ ...rest('signIn'), ...rest('consent'), ...rest('continue') },
    signInUid: () => open('signIn', createBrowser()),
    consentUid: async () => open('consent', await signedIn()),
    continueUid: async () => {
      const visitor = createBrowser()
      const { url, response } = await walk(server, visitor, (await asked()).url)
      const csrf = fieldOf((await response?.text()) ?? '', 'csrf')
      const posted = await visitor.post(url, { csrf, login, password: PASSWORD })
      return keep('continue', new URL(posted.headers.get('location') ?? '', url).href, '', visitor)
    },
    cookies: async () => cookieLine(await signedIn(), `${issuerPath}/account`),
    sessionId: async () => sessionOf(await signedIn()),
    accountCsrf: async () => account('/account', await signedIn()),
    accountSignInCsrf: () => account('/account/sign-in', stranger),
    accountSignInCookies: () => cookieLine(stranger, `${issuerPath}/account/sign-in`),
    stylesheet: async () => {
      const html = await (await stranger.get(`${server.issuer}/account/sign-in`)).text()
      return /href="([^"]*\.css)"/.exec(html)?.[1]?.slice(issuerPath.length) ?? '/none'
    },
  }
}

function sessionOf({ cookies }: Browser): string {
  return [...cookies.values()].find(({ name }) => name === 'sallyport_session')?.value ?? ''
}
