import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium, NO_CHROMIUM } from './chromium.ts'
import { VIEWS } from './every-page.ts'
import { type PageServer, servePages } from './page-server.ts'

const PAGE_NAMES = Object.keys(VIEWS)
const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
const LEAST_BUTTON_PIXELS = 44
const LEAST_TARGET_PIXELS = 24

const SCREENS = [
  { colorScheme: 'light', width: 320 },
  { colorScheme: 'light', width: 1280 },
  { colorScheme: 'dark', width: 320 },
  { colorScheme: 'dark', width: 1280 },
] as const

describe.skipIf(NO_CHROMIUM)(`pages in Chromium ${NO_CHROMIUM ?? ''}`, () => {
  let browser: Browser
  let server: PageServer
  beforeAll(async () => {
    browser = await launchChromium()
    server = await servePages()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })

  describe.each(SCREENS)('$colorScheme at $width px', ({ colorScheme, width }) => {
    let page: Page
    const complaints: string[] = []
    beforeAll(async () => {
      page = await browser.newPage({ colorScheme, viewport: { width, height: 800 } })
      page.on('console', (message) => complaints.push(message.text()))
      page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`))
    })
    afterAll(() => page?.close())

    it.each(PAGE_NAMES)('%s has no axe violation, no complaint on the console and no sideways scroll', async (name) => {
      complaints.length = 0
      await open(page, `${server.origin}/${name}`)
      expect(await findViolations(page)).toEqual([])
      const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
      expect(await page.evaluate(overflow)).toBe(0)
      // The continue page's own move to "no content" counts as a failed request.
      expect(complaints.filter((complaint) => !complaint.endsWith('/auth/u1'))).toEqual([])
    })

    it('everything that can be pressed is large enough', async () => {
      for (const name of PAGE_NAMES) {
        await open(page, `${server.origin}/${name}`)
        expect(await findSmallTargets(page), name).toEqual([])
      }
    })
  })
})

/** Loads a page and unfolds what is folded, so that it is judged too. */
async function open(page: Page, url: string): Promise<void> {
  await page.goto(url)
  await page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true })")
}

async function findViolations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const options = JSON.stringify({ runOnly: { type: 'tag', values: AXE_TAGS } })
  const results = await page.evaluate<axe.AxeResults>(`axe.run(document, ${options})`)
  return results.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`)
}

async function findSmallTargets(page: Page): Promise<string[]> {
  const small: string[] = []
  for (const target of await page.locator('button, a, summary, input:not([type=hidden])').all()) {
    const box = await target.boundingBox()
    const isButton = await target.evaluate((element) => element.matches('.accept, .refuse, .text'))
    const least = isButton ? LEAST_BUTTON_PIXELS : LEAST_TARGET_PIXELS
    if (box === null || box.height < least || box.width < LEAST_TARGET_PIXELS) small.push(String(target))
  }
  return small
}
