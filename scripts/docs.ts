// npm run docs: writes the pages of docs/reference/ and docs/checks/, and docs/clients.md, out of the code. With --check it only says which of them are stale.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { posix } from 'node:path'
import { ISSUER_FAULTS } from '../conformance/fixtures/as/broken/all.ts'
import { FAULTS } from '../conformance/fixtures/broken/all.ts'
import { UNPROVEN } from '../conformance/fixtures/broken/unproven.ts'
import { CLIENT_FAULTS } from '../conformance/fixtures/clients/broken/all.ts'
import { committedScores, realPrograms } from '../conformance/fixtures/quirks/scores.ts'
import { authorizationServerChecks } from '../conformance/src/as/checks.ts'
import { clientChecks } from '../conformance/src/client/checks.ts'
import { CLIENT_PROFILES } from '../conformance/src/quirks/profiles/all.ts'
import { allRequirements, requirementsById } from '../conformance/src/requirements/requirements.ts'
import { serverChecks } from '../conformance/src/server/checks.ts'
import { type CheckGroup, checkPages } from './reference/check-pages.ts'
import { cliPage } from './reference/cli-page.ts'
import { CLIENT_ANSWERS } from './reference/client-answers.ts'
import { clientsPage } from './reference/clients-page.ts'
import { errorsPage } from './reference/errors-page.ts'
import { metricsPage } from './reference/metrics-page.ts'
import { requirementsPage } from './reference/requirements-page.ts'
import { settingsPage } from './reference/settings-page.ts'
import { findUsedCodes, readSources } from './reference/used-codes.ts'

const root = new URL('..', import.meta.url).pathname.replace(/\/$/, '')
const FOLDER = 'docs/reference'
/** Every page of this folder is generated, so a page of a check that is gone goes too. */
const CHECKS_FOLDER = 'docs/checks'

const CHECK_GROUPS: readonly CheckGroup[] = [
  { heading: 'MCP servers', command: 'server https://mcp.example.com/mcp', checks: serverChecks },
  { heading: 'Authorization servers', command: 'as https://auth.example.com', checks: authorizationServerChecks },
  { heading: 'Clients', command: 'client', subject: 'node client.mjs', checks: clientChecks },
]

/**
 * Every generated page as the code says it should be.
 * @returns texts by path from the repository root
 */
export function generatePages(): ReadonlyMap<string, string> {
  return new Map([
    [`${FOLDER}/cli.md`, cliPage()],
    [`${FOLDER}/errors.md`, errorsPage(findUsedCodes(readSources(root)))],
    [`${FOLDER}/metrics.md`, metricsPage()],
    [`${FOLDER}/settings.md`, settingsPage()],
    [
      `${FOLDER}/requirements.md`,
      requirementsPage(
        allRequirements,
        CHECK_GROUPS.flatMap(({ checks }) => checks),
        { faults: [...FAULTS, ...ISSUER_FAULTS, ...CLIENT_FAULTS], unproven: UNPROVEN },
      ),
    ],
    [
      'docs/clients.md',
      clientsPage({
        profiles: CLIENT_PROFILES,
        scores: committedScores(),
        programs: realPrograms(),
        answers: CLIENT_ANSWERS,
      }),
    ],
    ...checkPages(CHECK_GROUPS, requirementsById),
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

/** Pages of checks that are no more. */
function orphans(pages: ReadonlyMap<string, string>): readonly string[] {
  mkdirSync(`${root}/${CHECKS_FOLDER}`, { recursive: true })
  return readdirSync(`${root}/${CHECKS_FOLDER}`)
    .map((name) => `${CHECKS_FOLDER}/${name}`)
    .filter((path) => !pages.has(path))
}

function main(check: boolean): number {
  const pages = generatePages()
  const stale = stalePages(pages, readPage)
  const gone = orphans(pages)
  if (check) {
    for (const path of gone) process.stdout.write(`${path} is of no check: run \`npm run docs\` and commit it\n`)
    for (const path of stale)
      process.stdout.write(`${path} is not what the code says: run \`npm run docs\` and commit it\n`)
    return stale.length + gone.length === 0 ? 0 : 1
  }
  for (const path of pages.keys()) mkdirSync(`${root}/${posix.dirname(path)}`, { recursive: true })
  for (const path of gone) rmSync(`${root}/${path}`)
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
