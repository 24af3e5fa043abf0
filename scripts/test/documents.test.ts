import { existsSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { listFiles } from '../source-files.ts'

const root = new URL('../..', import.meta.url).pathname.replace(/\/$/, '')
const documents = listFiles(root).filter((path) => path.endsWith('.md'))
const read = (path: string): string => readFileSync(`${root}/${path}`, 'utf8')

const LINK = /\]\(([^)#\s]+)(?:#[^)]*)?\)/g
/** Paths of this repository as documents write them, in backticks and from the root. */
const NAMED_PATH = /`((?:server|resources|migrations|scripts|docs|\.ci)\/[\w./-]*)`/g
/** Methods of MCP that look like one. */
const METHODS = new Set(['server/discover'])
const NPM_RUN = /\bnpm run ([\w:-]+)/g

function scriptsOf(manifest: unknown): readonly string[] {
  if (typeof manifest !== 'object' || manifest === null || !('scripts' in manifest)) return []
  return Object.keys(manifest.scripts ?? {})
}

describe('every document', () => {
  it.each(documents)('%s links to what exists', (path) => {
    const targets = [...read(path).matchAll(LINK)]
      .map((match) => match[1] ?? '')
      .filter((target) => !/^\w+:/.test(target))
    expect(targets.filter((target) => !existsSync(`${root}/${posix.join(posix.dirname(path), target)}`))).toEqual([])
  })

  it.each(documents)('%s names files and folders that exist', (path) => {
    const paths = [...read(path).matchAll(NAMED_PATH)].map((match) => match[1] ?? '')
    expect(paths.filter((named) => !METHODS.has(named) && !existsSync(`${root}/${named}`))).toEqual([])
  })

  it.each(documents)('%s names npm scripts that exist', (path) => {
    const scripts = scriptsOf(JSON.parse(read('package.json')))
    const named = [...read(path).matchAll(NPM_RUN)].map((match) => match[1] ?? '')
    expect(named.filter((name) => !scripts.includes(name))).toEqual([])
  })
})
