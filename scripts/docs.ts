// npm run docs: writes the pages of docs/reference/ out of the code. With --check it only says which of them are stale.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cliPage } from './reference/cli-page.ts'
import { errorsPage } from './reference/errors-page.ts'
import { settingsPage } from './reference/settings-page.ts'
import { findUsedCodes, readSources } from './reference/used-codes.ts'

const root = new URL('..', import.meta.url).pathname.replace(/\/$/, '')
const FOLDER = 'docs/reference'

/**
 * Every generated page as the code says it should be.
 * @returns texts by path from the repository root
 */
export function generatePages(): ReadonlyMap<string, string> {
  return new Map([
    [`${FOLDER}/cli.md`, cliPage()],
    [`${FOLDER}/errors.md`, errorsPage(findUsedCodes(readSources(root)))],
    [`${FOLDER}/settings.md`, settingsPage()],
  ])
}

/**
 * Compares the pages on disk with those of the code.
 * @param read gives the text of a page, or undefined where there is none
 * @returns paths of those that differ
 */
export function stalePages(
  pages: ReadonlyMap<string, string>,
  read: (path: string) => string | undefined,
): readonly string[] {
  return [...pages].filter(([path, text]) => read(path) !== text).map(([path]) => path)
}

function readPage(path: string): string | undefined {
  try {
    return readFileSync(`${root}/${path}`, 'utf8')
  } catch {
    return undefined
  }
}

function main(check: boolean): number {
  const pages = generatePages()
  const stale = stalePages(pages, readPage)
  if (check) {
    for (const path of stale)
      process.stdout.write(`${path} is not what the code says: run \`npm run docs\` and commit it\n`)
    return stale.length === 0 ? 0 : 1
  }
  mkdirSync(`${root}/${FOLDER}`, { recursive: true })
  for (const path of stale) writeFileSync(`${root}/${path}`, pages.get(path) ?? '')
  process.stdout.write(stale.length === 0 ? 'every page is up to date\n' : `wrote ${stale.join(', ')}\n`)
  return 0
}

if (import.meta.main) {
  try {
    process.exitCode = main(process.argv.includes('--check'))
  } catch (error) {
    process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
}
