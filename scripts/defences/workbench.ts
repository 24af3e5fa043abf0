import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { listFiles } from '../source-files.ts'
import { type Change, withChange } from './defence.ts'

/** A copy of the repository that may be broken. */
export interface Workbench {
  /** Absolute path of the copy. */
  readonly root: string
  /** Does something while the changes are made, and takes them back. */
  during<Result>(changes: readonly Change[], work: () => Promise<Result>): Promise<Result>
  remove(): void
}

/** Makes a copy of everything that is tracked or about to be. @param root absolute path of the repository */
export function createWorkbench(root: string): Workbench {
  const copy = mkdtempSync(join(tmpdir(), 'sallyport-defences-'))
  for (const path of listFiles(root)) {
    mkdirSync(dirname(join(copy, path)), { recursive: true })
    copyFileSync(join(root, path), join(copy, path))
  }
  for (const path of foldersOfPackages(root)) linkPackages(join(root, path), join(copy, path))
  return {
    root: copy,
    async during(changes, work) {
      const before = new Map(changes.map(({ file }) => [file, readFileSync(join(copy, file), 'utf8')]))
      try {
        for (const change of changes) {
          const path = join(copy, change.file)
          writeFileSync(path, withChange(readFileSync(path, 'utf8'), change))
        }
        return await work()
      } finally {
        for (const [file, text] of before) writeFileSync(join(copy, file), text)
      }
    },
    remove: () => rmSync(copy, { recursive: true, force: true }),
  }
}

/** Where packages are installed: at the root, and beside workspaces that need a version of their own. */
function foldersOfPackages(root: string): readonly string[] {
  const manifest: { workspaces: readonly string[] } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const folders = ['.', ...manifest.workspaces].map((folder) => join(folder, 'node_modules'))
  return folders.filter((folder) => readdirOf(join(root, folder)).length > 0)
}

// Our own packages are links that lead up and down again from where they lie: in the copy they lead to the copy.
const OWN = '@sallyport'

function linkPackages(from: string, to: string): void {
  mkdirSync(to, { recursive: true })
  for (const name of readdirOf(from).filter((each) => each !== OWN && !each.startsWith('.'))) {
    symlinkSync(join(from, name), join(to, name))
  }
  const own = readdirOf(join(from, OWN))
  if (own.length > 0) mkdirSync(join(to, OWN))
  for (const name of own) symlinkSync(readlinkSync(join(from, OWN, name)), join(to, OWN, name))
}

function readdirOf(path: string): readonly string[] {
  return existsSync(path) ? readdirSync(path) : []
}
