import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findViolations } from '../../../server/test/pages/accessibility.ts'
import { keepPicture, launchChromium, NO_CHROMIUM } from '../../../server/test/pages/chromium.ts'
import { renderHtml } from '../../src/report/formats/html.ts'
import { renderJunit } from '../../src/report/formats/junit.ts'
import type { Report } from '../../src/report/report.ts'
import { hostileReport } from './hostile-text.ts'
import { everyVerdict } from './sample-report.ts'

describe('the HTML report', () => {
  it('has no script, loads nothing, and keeps every text of a server in its place', () => {
    const page = renderHtml(hostileReport)
    expect(page).not.toMatch(/<script|<img|<link|url\(|@import|href="javascript/i)
    expect(page.match(/<\/details>/g)).toHaveLength(2)
  })

  it('opens failures and folds the rest', () => {
    const open = [...renderHtml(everyVerdict).matchAll(/<details class="([\w-]+)"[^>]*?( open)?>/g)]
    expect(open.map((match) => [match[1], match[2] !== undefined])).toEqual([
      ['fail', true],
      ['incomplete', false],
      ['warn', false],
      ['pass', false],
      ['not-applicable', false],
    ])
  })
})

describe.skipIf(NO_CHROMIUM)(`the HTML report in Chromium ${NO_CHROMIUM ?? ''}`, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
  })

  const show = async (report: Report, colorScheme: 'light' | 'dark', width: number): Promise<Page> => {
    const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 }, bypassCSP: true })
    await page.setContent(renderHtml(report))
    return page
  }

  it.each([
    { colorScheme: 'light', width: 320 },
    { colorScheme: 'light', width: 1100 },
    { colorScheme: 'dark', width: 320 },
    { colorScheme: 'dark', width: 1100 },
  ] as const)('passes axe and scrolls one way: $colorScheme at $width px', async ({ colorScheme, width }) => {
    for (const [name, report] of Object.entries({ everyVerdict, hostileReport })) {
      const page = await show(report, colorScheme, width)
      await keepPicture(page, `report-${name}-${colorScheme}-${width}`)
      expect(await findViolations(page)).toEqual([])
      const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
      expect(await page.evaluate(overflow)).toBe(0)
      await page.close()
    }
  })

  it('shows what is folded on paper', async () => {
    const page = await show(everyVerdict, 'light', 1100)
    const folded = page.locator('details.pass dl')
    expect(await folded.isVisible()).toBe(false)
    await page.emulateMedia({ media: 'print' })
    expect(await folded.isVisible()).toBe(true)
    await page.close()
  })

  it.each([
    { name: 'every verdict', report: everyVerdict },
    { name: 'hostile texts', report: hostileReport },
  ])('whose JUnit is well-formed XML with $name', async ({ report }) => {
    const page = await browser.newPage()
    const parse = `new DOMParser().parseFromString(${JSON.stringify(renderJunit(report))}, 'application/xml')`
    expect(await page.evaluate(`${parse}.querySelectorAll('parsererror').length`)).toBe(0)
    expect(await page.evaluate(`${parse}.querySelectorAll('testcase').length`)).toBe(report.checks.length)
    await page.close()
  })
})
