import { posix } from 'node:path'
import type { Violation } from './import-laws.ts'
import type { SourceFile } from './source-files.ts'

/**
 * What makes a repository unpleasant is never the middle but the one file that attracts everything,
 * so the middle has a budget and the largest file a hard stop. Tests count for the hard stop alone.
 */
export const MEDIAN_LINES = 100
export const P90_LINES = 250
export const MOST_LINES = 400

/** Names that say nothing: a function lives with its noun. */
const NAMELESS = new Set(['util', 'utils', 'helper', 'helpers', 'common', 'shared', 'misc', 'types'])

/**
 * Judges the sizes of code files.
 * @param files code files of the repository
 */
export function judgeSizes(files: readonly SourceFile[]): readonly Violation[] {
  const sources = files.filter(({ path }) => !isTest(path))
  const over = files
    .filter(({ lines }) => lines > MOST_LINES)
    .map(({ path, lines }) => violation(path, 'file-size', `${lines} lines, ${MOST_LINES} at most: is it one noun?`))
  return [...over, ...judgeMiddle(sources, 50, MEDIAN_LINES), ...judgeMiddle(sources, 90, P90_LINES)]
}

function judgeMiddle(sources: readonly SourceFile[], percent: number, budget: number): readonly Violation[] {
  const lines = percentile(
    sources.map((source) => source.lines),
    percent,
  )
  return lines <= budget
    ? []
    : [violation('.', 'file-sizes', `p${percent} of the sources is ${lines} lines, ${budget} at most`)]
}

/**
 * Nearest-rank percentile.
 * @param values in any order
 * @param percent 0–100
 * @returns 0 for no values
 */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0
}

/**
 * Judges the names of files and folders.
 * @param paths every file of the repository
 */
export function judgeNames(paths: readonly string[]): readonly Violation[] {
  return paths.flatMap((path) => {
    const nameless = path.split('/').find((part) => NAMELESS.has((part.split('.')[0] ?? '').toLowerCase()))
    return nameless === undefined ? [] : [violation(path, 'name', `"${nameless}" says nothing: name the noun`)]
  })
}

/**
 * Every folder that holds sources says in a README what it owns and what it does not.
 * @param paths every file of the repository
 */
export function judgeReadmes(paths: readonly string[]): readonly Violation[] {
  const present = new Set(paths)
  const folders = new Set(paths.filter((path) => path.endsWith('.ts') && !isTest(path)).map(readerOf))
  return [...folders]
    .filter((folder) => folder !== '.' && !present.has(`${folder}/README.md`))
    .map((folder) =>
      violation(`${folder}/README.md`, 'folder-readme', 'missing: one paragraph, what the folder owns and not'),
    )
}

/** A package's `src` is spoken for by the package's README, every other folder speaks for itself. */
function readerOf(path: string): string {
  const folder = posix.dirname(path)
  return posix.basename(folder) === 'src' ? posix.dirname(folder) : folder
}

const isTest = (path: string): boolean => /(?:^|\/)test\//.test(path)

const violation = (path: string, law: string, message: string): Violation => ({ path, line: 1, law, message })
