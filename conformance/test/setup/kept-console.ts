import type { Console } from '../../src/cli/console.ts'
import { runCommandLine } from '../../src/cli/program.ts'

export interface KeptRun {
  readonly exitCode: number
  readonly out: readonly string[]
  readonly err: readonly string[]
  /** Files that were written, by name. */
  readonly files: ReadonlyMap<string, string>
}

/** Runs a command line in this process and keeps what it wrote. */
export async function runKept(
  args: readonly string[],
  given: { readonly files?: Readonly<Record<string, string>>; readonly environment?: Record<string, string> } = {},
): Promise<KeptRun> {
  const out: string[] = []
  const err: string[] = []
  const files = new Map<string, string>()
  const console: Console = {
    out: (line) => out.push(...line.split('\n')),
    err: (line) => err.push(...line.split('\n')),
    environment: given.environment ?? {},
    readFile: async (path) => {
      const text = given.files?.[path]
      if (text === undefined) throw Object.assign(new Error(`no file ${path}`), { code: 'ENOENT' })
      return text
    },
    writeFile: async (path, text) => {
      files.set(path, text)
    },
    proveWritable: async (path) => {
      if (path.startsWith('/nowhere/')) throw new Error('no such folder')
    },
    replaceFile: async (path, text) => {
      files.set(path, text)
    },
    appendFile: async (path, text) => {
      files.set(path, `${files.get(path) ?? ''}${text}`)
    },
    onInterrupt: () => () => undefined,
  }
  const exitCode = await runCommandLine(args, console)
  return { exitCode, out, err, files }
}
