import { readFileSync } from 'node:fs'
import { listFiles } from '../source-files.ts'

/** A stable code and the sources it stands in. */
export interface UsedCode {
  readonly code: string
  readonly paths: readonly string[]
}

/** One file of the packages. */
export interface SourceText {
  readonly path: string
  readonly text: string
}

const SOURCES = /^(?:server|resources\/[\w-]+)\/src\/.*\.ts$/
const CODE = /\bSALLYPORT_[EW](?:_[A-Z0-9]+)+\b(?!_)/g
/** A code put together at run time is one that nobody finds by searching; as a type it is a pattern and no code. */
const COMPOSED = /`SALLYPORT_[EW]_[A-Z0-9_]*\$\{(?!string\}`)/

/** @param root absolute path of the repository */
export function readSources(root: string): readonly SourceText[] {
  return listFiles(root)
    .filter((path) => SOURCES.test(path))
    .map((path) => ({ path, text: readFileSync(`${root}/${path}`, 'utf8') }))
}

/**
 * Finds every stable code in sources, in the order of the alphabet.
 * @throws Error for a code that is put together out of parts
 */
export function findUsedCodes(sources: readonly SourceText[]): readonly UsedCode[] {
  const found = new Map<string, Set<string>>()
  for (const { path, text } of sources) {
    if (COMPOSED.test(text))
      throw new Error(`${path} puts a code together: write each code out, so that it can be found`)
    for (const [code] of text.matchAll(CODE)) found.set(code, (found.get(code) ?? new Set()).add(path))
  }
  return [...found]
    .map(([code, paths]) => ({ code, paths: [...paths].sort() }))
    .sort((a, b) => (a.code < b.code ? -1 : 1))
}
