import { createInterface } from 'node:readline'
import { CommandError } from './command-error.ts'
import { EXIT } from './exit-code.ts'
import type { Terminal } from './terminal.ts'

/**
 * Asks for one line that may be seen.
 * @throws CommandError with 130 when the input ends without one
 */
export function askLine(terminal: Terminal, question: string): Promise<string> {
  return new Promise((resolve, reject) => {
    // The terminal echoes and edits the line by itself.
    const lines = createInterface({ input: terminal.stdin, terminal: false })
    lines.once('close', () => {
      reject(new CommandError(EXIT.interrupted, 'SALLYPORT_E_INTERRUPTED', 'nothing was written'))
    })
    lines.once('line', (line) => {
      resolve(line)
      lines.close()
    })
    terminal.prompt(question)
  })
}
