import axe from 'axe-core'
import type { Page } from 'playwright-core'

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** What axe finds wrong with a page as it stands: one line a rule, with the elements. What is folded is unfolded first. */
export async function findViolations(page: Page): Promise<string[]> {
  await page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true })")
  await page.evaluate(axe.source)
  const options = JSON.stringify({ runOnly: { type: 'tag', values: TAGS } })
  const results = await page.evaluate<axe.AxeResults>(`axe.run(document, ${options})`)
  return results.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`)
}
