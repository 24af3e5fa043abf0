// The laws of the house over the whole tree: who may import whom, who may speak to others, how large files are, what they
// are called.
import { readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { judgeNames, judgeReadmes, judgeSizes } from './file-budgets.ts'
import { judgeImports, type Violation } from './import-laws.ts'
import { judgeOutgoing } from './outgoing-law.ts'
import { findCycles } from './server-floors.ts'
import { listFiles, readSourceFiles, type SourceFile } from './source-files.ts'

/**
 * Judges the repository as it lies on disk.
 * @param root absolute path of the repository
 */
export function judgeTree(root: string): readonly Violation[] {
  const paths = listFiles(root)
  const files = readSourceFiles(root, paths)
  return [
    ...judgeImports(files, readDeclared(root, paths)),
    ...judgeCycles(files),
    ...files.flatMap(({ path }) => judgeOutgoing(path, readFileSync(`${root}/${path}`, 'utf8'))),
    ...judgeSizes(files),
    ...judgeNames(paths),
    ...judgeReadmes(paths),
  ]
}

/**
 * Turns import cycles into violations.
 * @param files code files of the repository
 */
export function judgeCycles(files: readonly SourceFile[]): readonly Violation[] {
  const edges = files.flatMap(({ path, imports }) =>
    imports
      .filter(({ specifier }) => specifier.startsWith('.'))
      .map(({ specifier, typeOnly }) => ({ from: path, to: posix.join(posix.dirname(path), specifier), typeOnly })),
  )
  return findCycles(edges).map((cycle) => ({
    path: cycle[0] ?? '.',
    line: 1,
    law: 'cycle',
    message: cycle.join(' → '),
  }))
}

function readDeclared(root: string, paths: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const manifests = paths.filter((path) => posix.basename(path) === 'package.json')
  return new Map(
    manifests.map((path) => {
      const manifest: unknown = JSON.parse(readFileSync(`${root}/${path}`, 'utf8'))
      const names = ['dependencies', 'peerDependencies'].flatMap((key) => Object.keys(member(manifest, key)))
      return [posix.join(posix.dirname(path), 'src'), new Set(names)]
    }),
  )
}

function member(value: unknown, key: string): object {
  if (typeof value !== 'object' || value === null) return {}
  const found: unknown = Reflect.get(value, key)
  return typeof found === 'object' && found !== null ? found : {}
}

if (import.meta.main) {
  const violations = judgeTree(new URL('..', import.meta.url).pathname.replace(/\/$/, ''))
  for (const { path, line, law, message } of violations) process.stdout.write(`${path}:${line} ${law}: ${message}\n`)
  process.exitCode = violations.length === 0 ? 0 : 1
}
