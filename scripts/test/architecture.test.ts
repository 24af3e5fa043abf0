import { existsSync, readFileSync, statSync } from 'node:fs'
import { posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { listFiles } from '../source-files.ts'

const root = new URL('../..', import.meta.url).pathname.replace(/\/$/, '')
const page = readFileSync(`${root}/ARCHITECTURE.md`, 'utf8')
/** Two screens of prose and tables; longer, and nobody reads it. */
const MOST_LINES = 110

const isFolder = (path: string): boolean => existsSync(`${root}/${path}`) && statSync(`${root}/${path}`).isDirectory()

/** The first column of the code map. */
const mapped = [...page.matchAll(/^\| `([^`]+)\/` +\|/gm)].map((match) => match[1] ?? '')

/** Folders that hold sources, apart from tests and from folders whose parent already speaks for them. */
const sourceFolders = [...new Set(listFiles(root).filter(isSource).map(folderOf))].sort()

function isSource(path: string): boolean {
  return path.endsWith('.ts') && path.includes('/') && !/(?:^|\/)(?:test|examples)\//.test(path)
}

/** The server is mapped folder by folder, every other package as one; deeper folders belong to the nearest mapped one. */
function folderOf(path: string): string {
  const [first = '', second = '', third = ''] = posix.dirname(path).split('/')
  if (first === 'server') return third === '' ? first : `server/src/${third}`
  return first === 'resources' ? `${first}/${second}` : first
}

describe('ARCHITECTURE.md', () => {
  it('maps folders that exist', () => {
    expect(mapped.filter((folder) => !isFolder(folder))).toEqual([])
  })

  it('maps every folder that holds sources', () => {
    expect(sourceFolders.filter((folder) => !mapped.includes(folder))).toEqual([])
  })

  it('puts every folder of the server on a floor', () => {
    const floors = page.slice(page.indexOf('## Four floors'), page.indexOf('## Invariants'))
    const folders = sourceFolders.filter((folder) => folder.startsWith('server/src/'))
    expect(folders.filter((folder) => !floors.includes(`${posix.basename(folder)}/`))).toEqual([])
  })

  it('stays within two screens', () => {
    expect(page.split('\n').length).toBeLessThanOrEqual(MOST_LINES)
  })
})
