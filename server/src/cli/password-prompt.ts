import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { CommandError } from './command-error.ts'
import { EXIT } from './exit-code.ts'
import type { Terminal } from './terminal.ts'

/**
 * Asks twice for a new password without showing it.
 * @throws CommandError when the two differ, or with 130 when the person gave up
 */
export async function askNewPassword(terminal: Terminal): Promise<string> {
  const first = await askHidden(terminal, 'New password: ')
  const second = await askHidden(terminal, 'The same again: ')
  if (first !== second) throw new CommandError(EXIT.usage, 'SALLYPORT_E_USAGE', 'the two passwords differ')
  return first
}

/** Reads one line from a terminal. The line editor takes over the echo, and what it would show goes nowhere. */
function askHidden(terminal: Terminal, question: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
    const editor = createInterface({ input: terminal.stdin, output: nowhere, terminal: true, historySize: 0 })
    const end = (settle: () => void) => {
      editor.removeAllListeners()
      editor.close()
      terminal.prompt('\n')
      settle()
    }
    const giveUp = () => {
      end(() => reject(new CommandError(EXIT.interrupted, 'SALLYPORT_E_INTERRUPTED', 'nothing was changed')))
    }
    editor.once('SIGINT', giveUp)
    editor.once('close', giveUp)
    editor.once('line', (line) => end(() => resolve(line)))
    // Asked only now: what is typed from here on is not echoed.
    terminal.prompt(question)
  })
}
