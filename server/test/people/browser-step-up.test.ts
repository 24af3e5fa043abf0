import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { findViolations } from '../pages/accessibility.ts'
import { keepPicture, launchChromium, NO_CHROMIUM } from '../pages/chromium.ts'
import { PASSWORD, startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { type Authorization, authorization, redeem, register } from '../setup/flow.ts'
import { type LoopbackClient, listenOnLoopback, type Visit, visit } from './chromium-visit.ts'

const READ = 'mcp:repositories:list mcp:issue:read'
const WRITE = 'mcp:issue:create'

const SCREENS = [
  { width: 320, colorScheme: 'light', javaScriptEnabled: true },
  { width: 320, colorScheme: 'dark', javaScriptEnabled: true },
  { width: 1280, colorScheme: 'light', javaScriptEnabled: true },
  { width: 1280, colorScheme: 'dark', javaScriptEnabled: true },
  { width: 320, colorScheme: 'dark', javaScriptEnabled: false },
  { width: 1280, colorScheme: 'light', javaScriptEnabled: false },
] as const

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
afterEach(async () => {
  await tab?.close()
  await client?.close()
})

async function open(options: BrowserContextOptions): Promise<{ page: Page; clientId: string }> {
  client = await listenOnLoopback()
  tab = await visit(browser, options)
  const clientId = await register(server, { client_name: 'Acme IDE', redirect_uris: [client.redirectUri] })
  return { page: tab.page, clientId }
}

/** The program on this computer asks, and the person's browser goes there. */
async function ask(page: Page, clientId: string, scope: string): Promise<Authorization> {
  const request = authorization(server, clientId, { scope, redirect_uri: client.redirectUri })
  await page.goto(request.url)
  return request
}

/** Presses the button that goes on, and redeems what arrives at the client. */
async function allow(page: Page, request: Authorization, button: string): Promise<string> {
  const before = client.requests.length
  await page.getByRole('button', { name: button }).click()
  await page.waitForURL(/\/callback\?/)
  const code = client.requests[before]?.url.searchParams.get('code') ?? ''
  const { body } = await redeem(server, request, code, { redirect_uri: client.redirectUri })
  return String(body.scope)
}

/** Nothing for axe, which is a script, to find; nothing to scroll sideways for; nothing in the console. */
async function judge(page: Page, name: string, scripts: boolean): Promise<void> {
  await keepPicture(page, name)
  if (scripts) expect(await findViolations(page), name).toEqual([])
  const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
  expect(await page.evaluate(overflow), name).toBe(0)
  expect(tab.complaints, name).toEqual([])
}

describe.skipIf(NO_CHROMIUM)(`from the first consent to a step-up in Chromium ${NO_CHROMIUM ?? ''}`, () => {
  it.each(SCREENS)(
    'AS-CON-10, AS-SC-03: $width px, $colorScheme, scripts $javaScriptEnabled',
    async ({ width, colorScheme, javaScriptEnabled }) => {
      const shape = `${width}-${colorScheme}-${javaScriptEnabled ? 'scripts' : 'plain'}`
      const { page, clientId } = await open({ colorScheme, javaScriptEnabled, viewport: { width, height: 800 } })
      const first = await ask(page, clientId, READ)
      await judge(page, `1-sign-in-${shape}`, javaScriptEnabled)
      await page.getByLabel('User name').fill('alice')
      await page.getByLabel('Password').fill(PASSWORD)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByRole('heading', { name: 'Allow Acme IDE to use Demo?' }).waitFor()
      await judge(page, `2-first-consent-${shape}`, javaScriptEnabled)
      expect(await allow(page, first, 'Allow selected')).toBe(READ)

      const second = await ask(page, clientId, `${READ} ${WRITE}`)
      await page.getByRole('heading', { name: 'Allow Acme IDE to do more with Demo?' }).waitFor()
      expect(await page.getByRole('checkbox').count()).toBe(1)
      expect(await page.getByRole('checkbox', { name: 'Create issues' }).isChecked()).toBe(true)
      await judge(page, `3-step-up-${shape}`, javaScriptEnabled)
      expect(await allow(page, second, 'Allow selected')).toBe(`${READ} ${WRITE}`)

      const third = await ask(page, clientId, `${READ} ${WRITE}`)
      await page.getByText('It asks for nothing new').waitFor()
      expect(await page.getByRole('checkbox').count()).toBe(0)
      await judge(page, `4-one-click-${shape}`, javaScriptEnabled)
      expect(await allow(page, third, 'Continue')).toBe(`${READ} ${WRITE}`)
    },
  )

  it.each([true, false])(
    'what was allowed before unfolds to read, and cannot be unticked (scripts %s)',
    async (scripts) => {
      const { page, clientId } = await open({ javaScriptEnabled: scripts })
      const first = await ask(page, clientId, READ)
      await page.getByLabel('User name').fill('alice')
      await page.getByLabel('Password').fill(PASSWORD)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await allow(page, first, 'Allow selected')
      await ask(page, clientId, `${READ} ${WRITE}`)
      expect(await page.getByText('Read issues').isVisible()).toBe(false)
      await page.getByText('Already allowed (2)').click()
      expect(await page.getByText('Read issues').isVisible()).toBe(true)
      expect(await page.getByRole('checkbox').count()).toBe(1)
    },
  )

  it.each([true, false])(
    'beside each permission stands how long it lasts, whatever is chosen (scripts %s)',
    async (scripts) => {
      const { page, clientId } = await open({ javaScriptEnabled: scripts })
      await ask(page, clientId, `${READ} ${WRITE}`)
      await page.getByLabel('User name').fill('alice')
      await page.getByLabel('Password').fill(PASSWORD)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByRole('checkbox', { name: 'Create issues' }).waitFor()
      const ends = async (): Promise<readonly string[]> => {
        const rows = await page.getByRole('listitem').all()
        return Promise.all(rows.map(async (row) => (await row.innerText()).split('\n').at(-1) ?? ''))
      }
      const [lasting, minutes, hours] = ['lasts until you take it back', 'lasts a few minutes', 'lasts at most 8 hours']
      expect(await ends()).toEqual([lasting, lasting, hours])
      await page.getByLabel('Just this once').check()
      expect(await ends()).toEqual([minutes, minutes, minutes])
      await page.getByLabel('For this session').check()
      expect(await ends()).toEqual([hours, hours, hours])
      await page.getByLabel('Until I take it back').check()
      expect(await ends()).toEqual([lasting, lasting, hours])
    },
  )
})
