import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { findViolations } from '../pages/accessibility.ts'
import { keepPicture, launchChromium, NO_CHROMIUM } from '../pages/chromium.ts'
import { type Visit, visit } from '../people/chromium-visit.ts'
import { PASSWORD } from '../setup/authorization-server.ts'
import { authorization, REDIRECT, redeem } from '../setup/flow.ts'
import { CALLBACK, CLIENT, documentOf, startWorld, type World } from './world.ts'

const SCREENS = [320, 1280].flatMap((width) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
)

let world: World
let browser: Browser
let tab: Visit

beforeAll(async () => {
  if (NO_CHROMIUM !== undefined) return
  world = await startWorld()
  const redirect_uris = [CALLBACK, 'http://127.0.0.1/callback']
  world.host.serve(CLIENT, documentOf(CLIENT, { redirect_uris }))
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  await world?.close()
})
afterEach(() => tab?.close())

/** The person reaches the question, signed in. */
async function consentFor(redirect_uri: string, options: Parameters<typeof visit>[1] = {}) {
  tab = await visit(browser, options)
  const { page } = tab
  const request = authorization(world.server, CLIENT, { redirect_uri })
  await page.goto(request.url)
  await page.getByLabel('User name').fill('alice')
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: 'Deny' }).waitFor()
  return { page, request }
}

describe.skipIf(NO_CHROMIUM)(`the consent page of a client with a document, in Chromium ${NO_CHROMIUM ?? ''}`, () => {
  it.each(SCREENS)(
    'AS-CON-01, AS-CON-03: shows the host that was verified, $width px, $colorScheme',
    async ({ width, colorScheme }) => {
      const { page } = await consentFor(CALLBACK, { colorScheme, viewport: { width, height: 800 } })
      expect(await page.getByText('verified domain client.example').isVisible()).toBe(true)
      expect(await page.getByText('Did you start this').count()).toBe(0)
      await keepPicture(page, `document-${width}-${colorScheme}`)
      expect(await findViolations(page)).toEqual([])
      const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
      expect(await page.evaluate(overflow)).toBe(0)
      expect(tab.complaints).toEqual([])
    },
  )

  it('AS-CON-02: warns of programs on this computer all the same, because the host vouches for no program', async () => {
    const { page } = await consentFor(REDIRECT)
    expect(await page.getByText('verified domain client.example').isVisible()).toBe(true)
    expect(await page.getByText('Did you start this from Acme IDE just now?').isVisible()).toBe(true)
    await keepPicture(page, 'document-loopback')
  })

  it('leads to the client, without scripts, with a code that is good', async () => {
    const { page, request } = await consentFor(CALLBACK, { javaScriptEnabled: false, ignoreHTTPSErrors: true })
    // Nobody listens at the name of the test; what the browser asks there for is what counts.
    const called = page.waitForRequest((sent) => sent.url().startsWith(`${CALLBACK}?`))
    await page.route(`${CALLBACK}**`, (route) => route.fulfill({ status: 200, body: 'signed in' }))
    await page.getByRole('button', { name: 'Allow selected' }).click()
    const { searchParams } = new URL((await called).url())
    expect([searchParams.get('state'), searchParams.get('iss')]).toEqual([request.state, world.server.issuer])
    const code = searchParams.get('code') ?? ''
    expect((await redeem(world.server, request, code, { redirect_uri: CALLBACK })).status).toBe(200)
  })
})
