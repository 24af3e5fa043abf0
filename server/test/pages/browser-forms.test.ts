import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launchChromium, NO_CHROMIUM } from './chromium.ts'
import { type PageServer, serveClient, servePages } from './page-server.ts'

describe.skipIf(NO_CHROMIUM)(`forms in Chromium without JavaScript ${NO_CHROMIUM ?? ''}`, () => {
  let browser: Browser
  let client: PageServer
  let server: PageServer
  let page: Page
  beforeAll(async () => {
    browser = await launchChromium()
    client = await serveClient()
  })
  afterAll(async () => {
    await browser?.close()
    await client?.close()
  })
  beforeEach(async () => {
    const callback = `${client.origin.replace('127.0.0.1', 'localhost')}/callback?code=c1`
    server = await servePages((response) => response.writeHead(303, { location: callback }).end())
    page = await browser.newPage({ javaScriptEnabled: false })
    client.seen.length = 0
  })
  afterEach(async () => {
    await page.close()
    await server.close()
  })

  function postedForm(): Record<string, string[]> {
    const form = server.seen.find((request) => request.method === 'POST')?.form ?? new URLSearchParams()
    return Object.fromEntries([...form.keys()].map((key) => [key, form.getAll(key)]))
  }

  it('Allow posts the ticked scopes, the duration and the decision', async () => {
    await page.goto(`${server.origin}/consent`)
    await page.getByLabel('Fetch pages from other websites').check()
    await page.getByLabel('For this session').check()
    await page.getByRole('button', { name: 'Allow selected' }).click()
    expect(postedForm()).toEqual({
      csrf: ['csrf-1'],
      scope: ['mcp:issue:create', 'mcp:url:fetch'],
      duration: ['session'],
      decision: ['allow'],
    })
  })

  it('Enter in a box means Deny', async () => {
    await page.goto(`${server.origin}/consent`)
    await page.getByLabel('Create and edit issues').press('Enter')
    await expect.poll(() => postedForm().decision).toEqual(['deny'])
  })

  it('"Not you?" posts that alone', async () => {
    await page.goto(`${server.origin}/consent`)
    await page.getByRole('button', { name: 'Not you?' }).click()
    expect(postedForm()).toEqual({ csrf: ['csrf-1'], decision: ['switch'] })
  })

  it('sign-in posts both fields', async () => {
    await page.goto(`${server.origin}/signIn`)
    await page.getByLabel('User name').fill('alice')
    await page.getByLabel('Password').fill('correct horse')
    await page.getByLabel('Password').press('Enter')
    await expect.poll(postedForm).toEqual({ csrf: ['csrf-1'], login: ['alice'], password: ['correct horse'] })
  })

  it('A38: a decision ends at the client on another origin, in spite of form-action, and without a referrer', async () => {
    await page.goto(`${server.origin}/oneClick`)
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.waitForURL('**/callback?code=c1')
    const callback = client.seen.find((request) => request.url === '/callback?code=c1')
    expect(callback).toMatchObject({ method: 'GET', referer: undefined })
  })

  it('the end beside a permission follows the duration chosen', async () => {
    await page.goto(`${server.origin}/consentAllClasses`)
    const ends = page.locator('.end:visible')
    await expect
      .poll(() => ends.allInnerTexts())
      .toEqual([
        'lasts until you take it back',
        'lasts until you take it back',
        'lasts at most 8 hours',
        'lasts at most 8 hours',
      ])
    await page.getByLabel('For this session').check()
    await expect.poll(() => ends.allInnerTexts()).toEqual(Array(4).fill('lasts at most 8 hours'))
    await page.getByLabel('Just this once').check()
    await expect.poll(() => ends.allInnerTexts()).toEqual(Array(4).fill('lasts a few minutes'))
  })

  it('a click anywhere on the row of a permission ticks its box', async () => {
    await page.goto(`${server.origin}/consent`)
    const box = page.getByLabel('Fetch pages from other websites')
    await page.locator('li.class-external-network').click()
    expect(await box.isChecked()).toBe(true)
  })
})
