import type { Browser, CDPSession, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ACR } from '../../src/config/authentication-class.ts'
import { launchChromium, NO_CHROMIUM } from '../pages/chromium.ts'
import { type LoopbackClient, listenOnLoopback, type Visit, visit } from '../people/chromium-visit.ts'
import { PASSWORD, startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { authorization, register } from '../setup/flow.ts'

// Other tests share the machine's processors.
const PATIENCE = { timeout: 15_000 }

const AUTHENTICATOR = {
  protocol: 'ctap2',
  transport: 'internal',
  hasResidentKey: true,
  hasUserVerification: true,
  isUserVerified: true,
  automaticPresenceSimulation: true,
} as const

describe.skipIf(NO_CHROMIUM)(`passkeys in a browser ${NO_CHROMIUM ?? ''}`, () => {
  let server: TestServer
  let browser: Browser
  let client: LoopbackClient
  let tab: Visit
  let page: Page
  let devtools: CDPSession
  let clientId: string
  beforeAll(async () => {
    server = await startTestServer({ host: 'localhost' })
    browser = await launchChromium()
    client = await listenOnLoopback()
    clientId = await register(server, { client_name: 'Acme IDE', redirect_uris: [client.redirectUri] })
  })
  afterAll(async () => {
    await browser?.close()
    await client?.close()
    await server?.close()
  })
  beforeEach(async () => {
    await server.store.passkeys.removeOf('alice', undefined)
    tab = await visit(browser)
    page = tab.page
    devtools = await page.context().newCDPSession(page)
    await devtools.send('WebAuthn.enable')
    await devtools.send('WebAuthn.addVirtualAuthenticator', { options: AUTHENTICATOR })
  })
  afterEach(() => tab.close())

  const press = (name: string): Promise<void> => page.getByRole('button', { name }).click()

  async function signInToAccount(): Promise<void> {
    await page.goto(`${server.issuer}/account`)
    await page.getByLabel('User name').fill('alice')
    await page.getByLabel('Password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.waitForURL(`${server.issuer}/account`)
  }

  async function addPasskey(): Promise<void> {
    await press('Add a passkey')
    await page.getByLabel('Current password').fill(PASSWORD)
    await press('Continue')
    await page.getByLabel('Name of the passkey').fill('Laptop')
    await press('Create the passkey')
    await page.getByText('Laptop').waitFor()
  }

  it('are added at the account and sign in at an authorization, with nothing to complain about', async () => {
    await signInToAccount()
    await addPasskey()
    await page.context().clearCookies()
    const request = authorization(server, clientId, { redirect_uri: client.redirectUri, acr_values: ACR.passkey })
    await page.goto(request.url)
    await press('Sign in with a passkey')
    await press('Allow selected')
    await expect.poll(() => client.requests.length, PATIENCE).toBe(1)
    expect(client.requests[0]?.url.searchParams.get('code')).toBeTruthy()
    expect(tab.complaints).toEqual([])
  })

  it('sign in at the account, and are asked for before one is removed', async () => {
    await signInToAccount()
    await addPasskey()
    await press('Sign out everywhere')
    await press('Sign in with a passkey')
    await page.waitForURL(`${server.issuer}/account`)
    await press('Remove the passkey Laptop')
    await press('Use a passkey')
    await expect.poll(() => server.store.passkeys.listOf('alice'), PATIENCE).toEqual([])
    expect(tab.complaints).toEqual([])
  })

  it('that a device has already are not made twice, and the page says so', async () => {
    await signInToAccount()
    await addPasskey()
    await press('Add a passkey')
    await press('Use a passkey')
    await press('Create the passkey')
    await page.getByText('That device has a passkey for this account already.').waitFor()
    expect(await page.getByRole('button', { name: 'Create the passkey' }).isEnabled()).toBe(true)
  })

  it('that the browser does not find leave the page as it was, and it says so', async () => {
    await page.goto(`${server.issuer}/account/sign-in`)
    await press('Sign in with a passkey')
    await page.getByText('Your browser stopped').waitFor()
    expect(page.url()).toBe(`${server.issuer}/account/sign-in`)
  })

  it('are no part of a page without scripts: a password works as ever, and where only a passkey will do it says why', async () => {
    const plain = await visit(browser, { javaScriptEnabled: false })
    try {
      await plain.page.goto(`${server.issuer}/account/sign-in`)
      expect(await plain.page.getByRole('button', { name: 'Sign in with a passkey' }).isVisible()).toBe(false)
      expect(await plain.page.getByLabel('Password').isVisible()).toBe(true)
      await plain.page.goto(authorization(server, clientId, { redirect_uri: client.redirectUri, ...STRONG }).url)
      expect(await plain.page.getByText('Passkeys need scripts').isVisible()).toBe(true)
      expect(await plain.page.getByRole('button', { name: 'I cannot use a passkey' }).isVisible()).toBe(true)
    } finally {
      await plain.close()
    }
  })

  const STRONG = { acr_values: ACR.passkey }
})
