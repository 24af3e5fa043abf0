import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findViolations } from '../../../../server/test/pages/accessibility.ts'
import { keepPicture, launchChromium, NO_CHROMIUM } from '../../../../server/test/pages/chromium.ts'
import { renderHtmlOfMany } from '../../../src/report/formats/html-many.ts'
import { renderJunitOfMany } from '../../../src/report/formats/junit.ts'
import type { ManyReport } from '../../../src/report/many.ts'
import { hostileMany, mixed } from './sample-many.ts'

describe('the HTML report of many targets', () => {
  it('has no script, loads nothing, and keeps every text of a server in its place', () => {
    const page = renderHtmlOfMany(hostileMany)
    expect(page).not.toMatch(/<script|<img|<link|url\(|@import|href="javascript/i)
    expect(page.match(/<\/section>/g)).toHaveLength(2)
  })

  it('begins with which requirement holds where, what fails first, and leads from each verdict to its check', () => {
    const page = renderHtmlOfMany(mixed, (id) => (id === 'RS-401-01' ? 'No token, no answer.' : undefined))
    const rows = [
      ...page.matchAll(/<tr><th scope="row"><strong>([\w-]+)<\/strong> <span>(.*?)<\/span><\/th>(.*)<\/tr>/g),
    ]
    const cells = rows.map(([, id, words, row = '']) => [
      id,
      words,
      ...[...row.matchAll(/<td[^>]*>(.*?)<\/td>/g)].map(([, cell]) => cell),
    ])
    expect(cells).toEqual([
      [
        'RS-TOK-04',
        '',
        '<a href="#target-1-other-audience-refused">failed</a>',
        'not asked',
        '<a href="#target-3">unreachable</a>',
      ],
      [
        'RS-401-01',
        'No token, no answer.',
        'not asked',
        '<a href="#target-2-no-token-refused">passed</a>',
        '<a href="#target-3">unreachable</a>',
      ],
    ])
    for (const [, anchor] of page.matchAll(/href="#([^"]+)"/g)) expect(page).toContain(`id="${anchor}"`)
    expect(new Set(page.match(/ id="[^"]+"/g)).size).toBe(page.match(/ id="[^"]+"/g)?.length)
  })
})

describe.skipIf(NO_CHROMIUM)(`the HTML report of many targets in Chromium ${NO_CHROMIUM ?? ''}`, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
  })

  const show = async (report: ManyReport, colorScheme: 'light' | 'dark', width: number): Promise<Page> => {
    const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 }, bypassCSP: true })
    await page.setContent(
      renderHtmlOfMany(report, () => 'What it says, in a sentence that is long enough to fill a line.'),
    )
    return page
  }
  const manyColumns: ManyReport = {
    targets: Array.from({ length: 3 }, (_, at) =>
      mixed.targets.map((each) => ({ ...each, name: `${each.name} ${at}` })),
    ).flat(),
  }

  it.each([
    { colorScheme: 'light', width: 320 },
    { colorScheme: 'light', width: 1280 },
    { colorScheme: 'dark', width: 320 },
    { colorScheme: 'dark', width: 1280 },
  ] as const)(
    'passes axe, and only its table scrolls sideways: $colorScheme at $width px',
    async ({ colorScheme, width }) => {
      for (const [name, report] of Object.entries({ mixed, hostileMany, manyColumns })) {
        const page = await show(report, colorScheme, width)
        await keepPicture(page, `many-${name}-${colorScheme}-${width}`)
        expect(await findViolations(page)).toEqual([])
        const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
        expect(await page.evaluate(overflow)).toBe(0)
        await page.close()
      }
    },
  )

  it.each([
    { name: 'every kind', report: mixed, cases: 7 },
    { name: 'hostile texts', report: hostileMany, cases: 3 },
  ])('whose JUnit is well-formed XML with $name', async ({ report, cases }) => {
    const page = await browser.newPage()
    const parse = `new DOMParser().parseFromString(${JSON.stringify(renderJunitOfMany(report))}, 'application/xml')`
    expect(await page.evaluate(`${parse}.querySelectorAll('parsererror').length`)).toBe(0)
    expect(await page.evaluate(`${parse}.querySelectorAll('testcase').length`)).toBe(cases)
    await page.close()
  })
})
