import pg from 'pg'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { findViolations } from '../pages/accessibility.ts'
import { keepPicture, launchChromium, NO_CHROMIUM } from '../pages/chromium.ts'
import { PASSWORD, startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { type Authorization, authorization, redeem, register } from '../setup/flow.ts'
import { type LoopbackClient, listenOnLoopback, type Visit, visit } from './chromium-visit.ts'

const MANNERS = [
  { javaScriptEnabled: true, colorScheme: 'light' },
  { javaScriptEnabled: true, colorScheme: 'dark' },
  { javaScriptEnabled: false, colorScheme: 'light' },
  { javaScriptEnabled: false, colorScheme: 'dark' },
] as const

// Other tests share the machine's processors.
const PATIENCE = { timeout: 10_000 }

let server: TestServer
let browser: Browser
let client: LoopbackClient
let tab: Visit

beforeAll(async () => {
  if (NO_CHROMIUM !== undefined) return
  server = await startTestServer()
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  await server?.close()
})

/** A client of the person's own machine asks for something. */
async function ask(overrides: Record<string, string> = {}, clientId?: string): Promise<Authorization> {
  const metadata = { client_name: 'Acme IDE', redirect_uris: [client.redirectUri] }
  const id = clientId ?? (await register(server, metadata))
  return authorization(server, id, { redirect_uri: client.redirectUri, ...overrides })
}

async function signIn(page: Page): Promise<void> {
  await page.getByLabel('User name').fill('alice')
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(/\/consent$/)
}

/** Lets whoever wants to write a grant wait. */
async function holdGrants() {
  const holder = new pg.Client({ connectionString: server.databaseUrl })
  await holder.connect()
  await holder.query('BEGIN')
  await holder.query('LOCK TABLE grants IN EXCLUSIVE MODE')
  const waiting = `SELECT count(*)::int AS count FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`
  return {
    async somebodyWaits(): Promise<void> {
      await expect.poll(async () => (await holder.query(waiting)).rows[0]?.count, PATIENCE).toBeGreaterThan(0)
    },
    async release(): Promise<void> {
      await holder.query('COMMIT')
      await holder.end()
    },
  }
}

describe.skipIf(NO_CHROMIUM)(`a person in Chromium ${NO_CHROMIUM ?? ''}`, () => {
  afterEach(async () => {
    await tab?.close()
    await client?.close()
  })

  it.each(MANNERS)(
    'AS-AZ-15, A38: signs in, consents and reaches the client (scripts $javaScriptEnabled, $colorScheme)',
    async (manner) => {
      client = await listenOnLoopback()
      tab = await visit(browser, manner)
      const request = await ask({ scope: 'mcp:repositories:list mcp:issue:read mcp:issue:create' })
      await tab.page.goto(request.url)
      await signIn(tab.page)
      await tab.page.getByLabel('Create issues').uncheck()
      await tab.page.getByRole('button', { name: 'Allow selected' }).click()
      await tab.page.waitForURL(/\/callback\?/)
      const { url, referer } = client.requests[0] ?? { url: new URL('about:blank'), referer: 'nothing came' }
      expect(Object.fromEntries(url.searchParams)).toEqual({
        code: expect.any(String),
        state: request.state,
        iss: server.issuer,
      })
      expect([client.requests.length, referer]).toEqual([1, undefined])
      const form = { redirect_uri: client.redirectUri }
      const { body } = await redeem(server, request, url.searchParams.get('code') ?? '', form)
      expect(body.scope).toBe('mcp:repositories:list mcp:issue:read')
      expect(tab.complaints).toEqual([])
    },
  )

  it.each([true, false])('denies, and the client hears it (scripts %s)', async (javaScriptEnabled) => {
    client = await listenOnLoopback()
    tab = await visit(browser, { javaScriptEnabled })
    const request = await ask()
    await tab.page.goto(request.url)
    await signIn(tab.page)
    await tab.page.getByRole('button', { name: 'Deny' }).click()
    await tab.page.waitForURL(/\/callback\?/)
    const { searchParams } = client.requests[0]?.url ?? new URL('about:blank')
    expect(searchParams.get('error')).toBe('access_denied')
    expect(searchParams.get('iss')).toBe(server.issuer)
    expect(tab.complaints).toEqual([])
  })

  it.each([true, false])(
    'a callback that goes on to an app of its own is not stopped (scripts %s)',
    async (javaScriptEnabled) => {
      client = await listenOnLoopback('claude://oauth/callback')
      tab = await visit(browser, { javaScriptEnabled })
      await tab.page.goto((await ask()).url)
      await signIn(tab.page)
      await tab.page.getByRole('button', { name: 'Allow selected' }).click()
      await expect.poll(() => client.requests.length, PATIENCE).toBe(1)
      expect(client.requests[0]?.url.searchParams.has('code')).toBe(true)
      await tab.page.getByText('Once Acme IDE has opened, you can close this window.').waitFor()
      expect(tab.complaints.filter((complaint) => complaint.includes('Content Security Policy'))).toEqual([])
      await keepPicture(tab.page, `after-app-${javaScriptEnabled}`)
    },
  )

  it('AS-RED-06: a client behind a private-use scheme is reached, and the page stays with advice', async () => {
    const redirect = 'cursor://anysphere.cursor-mcp/oauth/callback'
    client = await listenOnLoopback()
    tab = await visit(browser)
    const clientId = await register(server, { client_name: 'Cursor', redirect_uris: [redirect] })
    const locations: string[] = []
    tab.page.on('response', (response) => locations.push(response.headers().location ?? ''))
    await tab.page.goto((await ask({ redirect_uri: redirect }, clientId)).url)
    await signIn(tab.page)
    await tab.page.getByRole('button', { name: 'Allow selected' }).click()
    await expect.poll(() => locations.some((each) => each.startsWith(`${redirect}?code=`)), PATIENCE).toBe(true)
    await tab.page.getByText('Once Cursor has opened, you can close this window.').waitFor()
    expect(tab.complaints.filter((complaint) => complaint.includes('Content Security Policy'))).toEqual([])
  })

  it('a slow answer and an impatient click on Continue reach the client once, with one code', async () => {
    client = await listenOnLoopback()
    tab = await visit(browser)
    await tab.page.goto((await ask()).url)
    await signIn(tab.page)
    const grants = await holdGrants()
    await tab.page.getByRole('button', { name: 'Allow selected' }).click()
    await grants.somebodyWaits()
    // The link is the one thing to press there; by keys, because a click of Playwright waits for the first answer.
    await tab.page.keyboard.press('Tab')
    await tab.page.keyboard.press('Enter')
    await grants.release()
    await tab.page.waitForURL(/\/callback\?code=/)
    expect(client.requests).toHaveLength(1)
  })

  it('"Not you?" leads to another sign-in', async () => {
    client = await listenOnLoopback()
    tab = await visit(browser, { javaScriptEnabled: false })
    await tab.page.goto((await ask()).url)
    await signIn(tab.page)
    await tab.page.getByRole('button', { name: 'Not you?' }).click()
    await tab.page.waitForURL(/\/sign-in$/)
    await signIn(tab.page)
    expect(tab.complaints).toEqual([])
  })

  it('the way back after Allow ends on a page with advice, not on an error of the browser', async () => {
    client = await listenOnLoopback()
    tab = await visit(browser)
    await tab.page.goto((await ask()).url)
    await signIn(tab.page)
    await tab.page.getByRole('button', { name: 'Allow selected' }).click()
    await tab.page.waitForURL(/\/callback\?/)
    await tab.page.goBack()
    await tab.page.getByText('This page is no longer valid').waitFor()
    await keepPicture(tab.page, 'after-back')
  })

  describe.each(['light', 'dark'] as const)('every page passes axe and leaves the console quiet: %s', (colorScheme) => {
    const judge = async (page: Page, name: string): Promise<void> => {
      await keepPicture(page, `${name}-${colorScheme}`)
      expect(await findViolations(page), name).toEqual([])
    }
    const start = async (): Promise<Page> => {
      client = await listenOnLoopback()
      tab = await visit(browser, { colorScheme, viewport: { width: 1_000, height: 800 } })
      return tab.page
    }
    // A page that refuses has the status of a refusal, which the browser notes by itself.
    const unexpected = (): string[] => tab.complaints.filter((each) => !each.includes('Failed to load resource'))

    it('sign-in, consent', async () => {
      const page = await start()
      await page.goto((await ask({ scope: 'mcp:repositories:list mcp:issue:read mcp:issue:create' })).url)
      await judge(page, 'sign-in')
      await page.getByLabel('User name').fill('alice')
      await page.getByLabel('Password').fill('wrong')
      await page.getByLabel('Password').press('Enter')
      await page.getByRole('alert').waitFor()
      await judge(page, 'sign-in-refused')
      await signIn(page)
      await judge(page, 'consent')
      for (const box of await page.getByRole('checkbox').all()) await box.uncheck()
      await page.getByRole('button', { name: 'Allow selected' }).click()
      await page.getByRole('alert').waitFor()
      await judge(page, 'consent-again')
      expect(unexpected()).toEqual([])
    })

    it('the page that moves on, one click', async () => {
      const page = await start()
      const request = await ask()
      await page.goto(request.url)
      await signIn(page)
      // "No content" keeps the browser where it is.
      await page.route(/\/authorize\/[\w-]+$/, (route) => route.fulfill({ status: 204 }))
      await page.getByRole('button', { name: 'Allow selected' }).click()
      await page.getByText('Back to Acme IDE').waitFor()
      await judge(page, 'continue')
      await page.unrouteAll()
      await page.getByRole('link', { name: 'Continue' }).click()
      await page.waitForURL(/\/callback\?/)
      await page.goto((await ask({}, request.clientId)).url)
      await judge(page, 'one-click')
      expect(unexpected()).toEqual([])
    })

    it('sign-out, refusals', async () => {
      const page = await start()
      const request = await ask()
      await page.goto(request.url)
      await signIn(page)
      await page.goto(`${server.issuer}/logout`)
      await judge(page, 'sign-out')
      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.getByText('You are signed out').waitFor()
      await judge(page, 'signed-out')
      await page.goto(`${server.issuer}/authorize/used-long-ago/consent`)
      await judge(page, 'error-gone')
      await page.goto((await ask({ redirect_uri: 'https://evil.example/' }, request.clientId)).url)
      await judge(page, 'error-refused')
      expect(unexpected()).toEqual([])
    })
  })
})
