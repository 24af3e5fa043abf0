// The project speaks of itself alone and holds no stubs: what is written down is finished, and true on every machine.
import { readFileSync } from 'node:fs'
import { posix } from 'node:path'
import type { Violation } from './import-laws.ts'
import { listFiles } from './source-files.ts'

interface WordingLaw {
  readonly law: string
  readonly pattern: RegExp
  readonly message: string
}

const LAWS: readonly WordingLaw[] = [
  {
    law: 'stub',
    pattern: /\b(?:TODO|FIXME|XXX|HACK)\b/,
    message: 'finish it, or leave the part out',
  },
  {
    law: 'stub',
    pattern: /\bnot (?:yet )?implemented\b|\bfor now,|\bin a real (?:system|implementation)\b/i,
    message: 'finish it, or leave the part out',
  },
  {
    law: 'switched-off-test',
    pattern: /\b(?:it|test|describe|suite)(?:\.\w+)*\.(?:skip|only|todo)\b/,
    message: 'a test runs or does not exist; skipIf with a reason is for a missing program',
  },
  {
    law: 'machine-path',
    pattern: /(?<![\w.~:/}-])\/(?:work|home|root|Users)\//,
    message: 'a path of one machine: nobody else has it',
  },
]

/** Words that are wrong everywhere are right where the laws about them are written and tested. */
const ABOUT_WORDS = new Set(['scripts/wording.ts', 'scripts/test/wording.test.ts'])

const TEXT = /\.(?:ts|mts|js|mjs|json|ya?ml|md|eta|css|html|sh|sql|svg|txt)$|(?:^|\/)(?:run|Dockerfile|\.[a-z]+)$/

/** A capital or a path marks a document; `readme.md` in running text would be a guess. */
const DOCUMENT = /(?<![\w./-])((?:[\w-]+\/)*[\w-]+\.md)\b/g

/**
 * Judges the words of one file.
 * @param path from the repository root
 * @param text its content
 * @param documents base names of every Markdown file of the repository
 */
export function judgeWording(path: string, text: string, documents: ReadonlySet<string>): readonly Violation[] {
  if (path === 'package-lock.json') return judgeLock(path, text)
  if (ABOUT_WORDS.has(path)) return []
  return text.split('\n').flatMap((line, index) => {
    const broken = LAWS.filter(({ pattern }) => pattern.test(line)).map(({ law, message }) => ({ law, message }))
    const missing = [...line.matchAll(DOCUMENT)]
      .filter((match) => !documents.has(posix.basename(match[1] ?? '')))
      .map((match) => ({ law: 'unknown-document', message: `${match[1]} is no document of this project` }))
    return [...broken, ...missing].map((found) => ({ path, line: index + 1, ...found }))
  })
}

/** Download addresses in the lock file tie every reader to the registry of whoever wrote it last. */
function judgeLock(path: string, text: string): readonly Violation[] {
  const line = text.split('\n').findIndex((content) => /"resolved": "http/.test(content))
  if (line === -1) return []
  const message = 'records download addresses: install with omit-lockfile-registry-resolved, as .npmrc says'
  return [{ path, line: line + 1, law: 'registry-host', message }]
}

/**
 * Judges every text file of the repository as it lies on disk.
 * @param root absolute path of the repository
 */
export function judgeWords(root: string): readonly Violation[] {
  const paths = listFiles(root)
  const documents = new Set(paths.filter((path) => path.endsWith('.md')).map((path) => posix.basename(path)))
  return paths
    .filter((path) => TEXT.test(path))
    .flatMap((path) => judgeWording(path, readFileSync(`${root}/${path}`, 'utf8'), documents))
}

if (import.meta.main) {
  const violations = judgeWords(new URL('..', import.meta.url).pathname.replace(/\/$/, ''))
  for (const { path, line, law, message } of violations) process.stdout.write(`${path}:${line} ${law}: ${message}\n`)
  process.exitCode = violations.length === 0 ? 0 : 1
}
