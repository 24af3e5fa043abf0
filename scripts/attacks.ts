import { readFileSync } from 'node:fs'
import { listFiles } from './source-files.ts'

/** Attacks on the authorization server and what it issues: `A01` to `A148`. Each that applies has a test with its id. */
const LAST = 148

/** Attacks that nobody can make here, and why. */
export const DO_NOT_APPLY: Readonly<Record<string, string>> = {
  A43: "A client gets no token about itself: there is no client credentials grant, so that its id is nobody's subject.",
  A91: "A code put into another person's session is found out by the client, which has the verifier and the state.",
}

export interface AttackIndex {
  /** By id, the test files whose test names carry it. */
  readonly tested: ReadonlyMap<string, readonly string[]>
  /** Applicable, and in no test name. */
  readonly untested: readonly string[]
  /** In a test name, and no attack. */
  readonly unknown: readonly string[]
}

const ALL = Array.from({ length: LAST }, (_, index) => `A${String(index + 1).padStart(2, '0')}`)

/**
 * Which attacks which tests make, by the ids in their names.
 * @param files path and text of each test file
 */
export function indexAttacks(files: readonly { readonly path: string; readonly text: string }[]): AttackIndex {
  const tested = new Map<string, readonly string[]>()
  for (const { path, text } of files) {
    for (const id of idsIn(text)) tested.set(id, [...(tested.get(id) ?? []), path])
  }
  const untested = ALL.filter((id) => !tested.has(id) && DO_NOT_APPLY[id] === undefined)
  return { tested, untested, unknown: [...tested.keys()].filter((id) => !ALL.includes(id)) }
}

// Ids stand in names, which are quoted, after another id, a bracket, a comma or at the beginning.
function idsIn(text: string): ReadonlySet<string> {
  const ranges = [...text.matchAll(/\bA(\d{2,3}) to A?(\d{2,3})\b/g)].flatMap(([, from, to]) =>
    Array.from({ length: Number(to) - Number(from) + 1 }, (_, index) => Number(from) + index),
  )
  const single = [...text.matchAll(/['"`([, ]A(\d{2,3})(?=['"`)\],:; ])/g)].map(([, number]) => Number(number))
  return new Set([...ranges, ...single].map((number) => `A${String(number).padStart(2, '0')}`))
}

/** The index of a repository. @param root its absolute path */
export function indexOf(root: string): AttackIndex {
  const paths = listFiles(root).filter((path) => /^(?:server|resources)\/.*\.test\.ts$/.test(path))
  return indexAttacks(paths.map((path) => ({ path, text: readFileSync(`${root}/${path}`, 'utf8') })))
}

function main(): void {
  const { tested, untested } = indexOf(new URL('..', import.meta.url).pathname.replace(/\/$/, ''))
  if (process.argv.includes('--json')) {
    console.log(
      JSON.stringify({ tested: Object.fromEntries(tested), doNotApply: DO_NOT_APPLY, untested }, undefined, 2),
    )
  } else {
    for (const [id, reason] of Object.entries(DO_NOT_APPLY)) console.log(`${id} does not apply: ${reason}`)
    for (const id of untested) console.log(`${id} is in no test`)
    console.log(
      `${tested.size} attacks tested, ${Object.keys(DO_NOT_APPLY).length} do not apply, ${untested.length} missing`,
    )
  }
  if (untested.length > 0) process.exitCode = 1
}

if (import.meta.main) main()
