import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

/** One `import`, re-`export … from`, `import()`, `require()` or `import.meta.resolve()` of a file. */
export interface ImportUse {
  readonly specifier: string
  /** 1-based. */
  readonly line: number
  /** `import type` and `export type`: gone at run time, still a dependency of the reader. */
  readonly typeOnly: boolean
}

/** A code file as the laws see it. */
export interface SourceFile {
  /** From the repository root, with forward slashes. */
  readonly path: string
  readonly lines: number
  readonly imports: readonly ImportUse[]
}

/** Biome formats every file, so a static import or re-export always begins a line: no parser is needed to find one. */
const STATIC_IMPORT = /^import\s+(type\s+)?(?:[\w$\s{},*]+?\sfrom\s+)?['"]([^'"]+)['"]/gm
const RE_EXPORT = /^export\s+(type\s+)?(?:\{[^}]*\}|\*(?:\s+as\s+[\w$]+)?)\s+from\s+['"]([^'"]+)['"]/gm
const RUN_TIME_IMPORT = /(?:\bimport|\brequire|\bimport\.meta\.resolve)\(\s*['"]([^'"]+)['"]/g
const COMMENT_LINE = /^\s*(?:\/\/|\/\*|\*)/

const CODE = /\.(?:ts|mts|js|mjs)$/

/**
 * Everything the repository holds or is about to hold: tracked and untracked files, ignored ones left out.
 * @param root absolute path of the repository
 * @returns paths from the root, sorted
 */
export function listFiles(root: string): readonly string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  const paths = new Set(listed.split('\0').filter((path) => path !== ''))
  return [...paths].filter((path) => existsSync(`${root}/${path}`)).sort()
}

/**
 * Reads the code files among `paths`.
 * @param root absolute path of the repository
 * @param paths from {@link listFiles}
 */
export function readSourceFiles(root: string, paths: readonly string[]): readonly SourceFile[] {
  return paths
    .filter((path) => CODE.test(path))
    .map((path) => {
      const text = readFileSync(`${root}/${path}`, 'utf8')
      return { path, lines: text.split('\n').length - 1, imports: findImports(text) }
    })
}

/**
 * Finds what a file imports.
 * @param text TypeScript or JavaScript as Biome formats it
 * @returns in the order of their lines
 */
export function findImports(text: string): readonly ImportUse[] {
  const lineOf = (index: number): number => text.slice(0, index).split('\n').length
  const fixed = [...text.matchAll(STATIC_IMPORT), ...text.matchAll(RE_EXPORT)].map((match) => ({
    specifier: match[2] ?? '',
    line: lineOf(match.index),
    typeOnly: match[1] !== undefined,
  }))
  const atRunTime = text.split('\n').flatMap((line, index) =>
    COMMENT_LINE.test(line)
      ? []
      : [...line.matchAll(RUN_TIME_IMPORT)].map((match) => ({
          specifier: match[1] ?? '',
          line: index + 1,
          typeOnly: false,
        })),
  )
  return [...fixed, ...atRunTime].sort((a, b) => a.line - b.line)
}
