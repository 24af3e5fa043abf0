import { TOKEN_REFUSAL_CODES } from '../../resources/kit/src/token/token-refusal.ts'
import { allErrors } from '../../server/src/provider/error-catalogue.ts'
import type { CodeMeaning } from './code-meaning.ts'
import { COMMAND_CODES } from './command-codes.ts'
import { KIT_CODES } from './kit-codes.ts'
import { code, codes, generatedFrom, table } from './markdown.ts'
import { SERVER_CODES } from './server-codes.ts'
import { SETTING_CODES } from './setting-codes.ts'
import type { UsedCode } from './used-codes.ts'

const INTRODUCTION = `# Error codes

Every code that Sallyport prints, logs or answers. A code never changes its meaning and is never used again; sentences may change. \`SALLYPORT_W_\` are warnings: nothing is refused.

The authorization server answers the exact OAuth error, a general description, its code in \`error_code\` and a \`correlation_id\`; the reason stands in its log beside the same id. The resource kit answers the OAuth error alone and logs code and reason. Commands print the code behind the message, in brackets.
`

/** Where a reader meets a code, by the folder that uses it; the first that fits counts. */
const PLACES: readonly (readonly [prefix: string, place: string])[] = [
  ['server/src/config/', 'settings'],
  ['server/src/cli/', 'command line'],
  ['server/src/dev/', '`sallyport dev`'],
  ['server/src/', 'authorization server'],
  ['resources/kit/src/', 'resource kit'],
  ['resources/policy/src/', 'tools file'],
]

/** One row of the catalogue. */
export interface CatalogueRow extends CodeMeaning {
  readonly code: string
  readonly places: readonly string[]
  readonly oauthErrors: readonly string[]
}

const MEANINGS: ReadonlyMap<string, CodeMeaning> = new Map(
  [SETTING_CODES, COMMAND_CODES, SERVER_CODES, KIT_CODES].flatMap((group) => Object.entries(group)),
)

/**
 * Joins the codes that the sources use with what they mean.
 * @throws Error naming every code without a meaning and every meaning without a code
 */
export function catalogueOf(
  used: readonly UsedCode[],
  meanings: ReadonlyMap<string, CodeMeaning> = MEANINGS,
): readonly CatalogueRow[] {
  const rows = used.flatMap(({ code: name, paths }) => {
    const meaning = meanings.get(name)
    return meaning === undefined
      ? []
      : [{ ...meaning, code: name, places: placesOf(paths), oauthErrors: oauthOf(name, meaning) }]
  })
  const known = new Set(used.map((entry) => entry.code))
  const nameless = used
    .filter((entry) => !meanings.has(entry.code))
    .map(
      (entry) =>
        `${entry.code} of ${entry.paths[0]} has no meaning: say what it means and what to change in scripts/reference/*-codes.ts`,
    )
  const unused = [...meanings.keys()]
    .filter((name) => !known.has(name))
    .map((name) => `${name} has a meaning and no source uses it: remove it from scripts/reference/*-codes.ts`)
  const shared = used
    .filter(({ paths }) => new Set(paths.map(packageOf)).size > 1)
    .map(({ code: name, paths }) => `${name} is used by ${paths.join(' and ')}: one code has one meaning, rename one`)
  const faults = [...nameless, ...unused, ...shared]
  if (faults.length > 0) throw new Error(faults.join('\n'))
  return rows
}

/** `server` or `resources/kit`: packages do not know each other's codes, so one in two of them means two things. */
const packageOf = (path: string): string => path.slice(0, path.indexOf('/src/'))

function placesOf(paths: readonly string[]): readonly string[] {
  return [...new Set(paths.map(placeOf))]
}

function placeOf(path: string): string {
  const place = PLACES.find(([prefix]) => path.startsWith(prefix))
  if (place === undefined)
    throw new Error(`${path} uses a code: say in scripts/reference/errors-page.ts where readers meet it`)
  return place[1]
}

function oauthOf(name: string, { oauth }: CodeMeaning): readonly string[] {
  const ofServer = allErrors()
    .filter((entry) => entry.code === name)
    .map(({ error }) => error)
  const ofKit = Object.values(TOKEN_REFUSAL_CODES).some((refusal) => refusal === name) ? ['invalid_token'] : []
  return [...new Set([...ofServer, ...ofKit, ...(oauth === undefined ? [] : [oauth])])]
}

/** The page of all codes. */
export function errorsPage(used: readonly UsedCode[]): string {
  const rows = catalogueOf(used).map((row) => [
    code(row.code),
    row.places.join(', '),
    codes(row.oauthErrors),
    row.means,
    row.change,
  ])
  const source = 'the sources that use the codes and `scripts/reference/*-codes.ts`'
  const head = ['code', 'where seen', 'OAuth error', 'what it means', 'what to change']
  return `${generatedFrom(source)}\n${INTRODUCTION}\n${table(head, rows)}\n`
}
