import type { Readable } from 'node:stream'
import { styleText } from 'node:util'

/** What passwords are typed into: a stream that may be a terminal. */
export type TerminalInput = Readable & { readonly isTTY?: boolean }

/** Everything a command may touch of the process it runs in. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Absolute. */
  readonly cwd: string
  readonly stdin: TerminalInput
  /** Whether a person reads stdout; if not, lists are JSON. */
  readonly stdoutIsTerminal: boolean
  /** Results, to stdout. */
  write(text: string): void
  /** Progress, hints and prompts, to stderr, as they are. */
  prompt(text: string): void
  /** One line on stderr. */
  log(line: string): void
  /** Text for stdout, coloured where colours are wanted. */
  paint(colour: 'green' | 'yellow' | 'red', text: string): string
  /** One line on stderr that begins with a coloured word where colours are wanted. */
  alert(word: 'error' | 'warning', line: string): void
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  const { stdin, stdout, stderr, env } = process
  const prompt = (text: string) => void stderr.write(text)
  return {
    env,
    cwd: process.cwd(),
    stdin,
    stdoutIsTerminal: stdout.isTTY === true,
    write: (text) => void stdout.write(text),
    prompt,
    paint: (colour, text) => styleText(colour, text, { stream: stdout }),
    log: (line) => prompt(`${line}\n`),
    // styleText looks at NO_COLOR, FORCE_COLOR and at whether stderr is a terminal.
    alert: (word, line) =>
      prompt(`${styleText(word === 'error' ? 'red' : 'yellow', `${word}:`, { stream: stderr })} ${line}\n`),
  }
}
