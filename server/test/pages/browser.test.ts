import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findViolations } from './accessibility.ts'
import { keepPicture, launchChromium, NO_CHROMIUM } from './chromium.ts'
import { VIEWS } from './every-page.ts'
import { type PageServer, servePages } from './page-server.ts'

const PAGE_NAMES = Object.keys(VIEWS)
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

    it.each(PAGE_NAMES)('%s passes axe, scrolls one way, has large targets and a quiet console', async (name) => {
      complaints.length = 0
      await page.goto(`${server.origin}/${name}`)
      await keepPicture(page, `${name}-${colorScheme}-${width}`)
      expect(await findViolations(page)).toEqual([])
      const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
      expect(await page.evaluate(overflow)).toBe(0)
      expect(await findSmallTargets(page)).toEqual([])
      // The continue page's own move to "no content" counts as a failed request.
      expect(complaints.filter((complaint) => !complaint.endsWith('/auth/u1'))).toEqual([])
    })
  })
})

function findSmallTargets(page: Page): Promise<string[]> {
  const sizes = { button: LEAST_BUTTON_PIXELS, target: LEAST_TARGET_PIXELS }
  return page.locator('button, a, summary, input:not([type=hidden])').evaluateAll((targets, { button, target }) => {
    const isSmall = (element: Element): boolean => {
      const { width, height } = element.getBoundingClientRect()
      return width < target || height < (element.matches('.accept, .refuse, .text') ? button : target)
    }
    return targets.filter(isSmall).map((element) => element.outerHTML)
  }, sizes)
}
