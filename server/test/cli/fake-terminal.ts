import { PassThrough } from 'node:stream'
import { runCli } from '../../src/cli/run-cli.ts'
import type { Terminal } from '../../src/cli/terminal.ts'

/** What a command is run with; stdin is empty and no terminal unless given. */
export interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  /** Piped into stdin. */
  readonly stdin?: string
  /** Typed by a person: each line after the prompt it answers. */
  readonly typed?: readonly string[]
  readonly stdoutIsTerminal?: boolean
}

export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command in this process. */
export async function run(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const { env = {}, cwd = '/nowhere', stdin: piped = '', typed, stdoutIsTerminal = false } = options
  const stdin = Object.assign(new PassThrough(), { isTTY: typed !== undefined, setRawMode: () => {} })
  if (typed === undefined) stdin.end(piped)
  const answers = [...(typed ?? [])]
  let stdout = ''
  let stderr = ''
  const prompt = (text: string) => {
    stderr += text
    // Typed only once asked, as a person would.
    if (text.endsWith(': ')) setImmediate(() => stdin.write(answers.shift() ?? '\u0003'))
  }
  const terminal: Terminal = {
    env,
    cwd,
    stdin,
    stdoutIsTerminal,
    write: (text) => {
      stdout += text
    },
    prompt,
    paint: (_colour, text) => text,
    log: (line) => prompt(`${line}\n`),
    alert: (word, line) => prompt(`${word}: ${line}\n`),
  }
  const code = await runCli(args, terminal, '0.0.0-test')
  return { code, stdout, stderr }
}
