import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { readNamedFile } from '../config/named-files.ts'
import { MAX_PASSWORD_CHARACTERS, refuseNewPassword } from '../config/password-rule.ts'
import { CommandError } from './command-error.ts'
import { EXIT } from './exit-code.ts'
import { askNewPassword } from './password-prompt.ts'
import type { Terminal, TerminalInput } from './terminal.ts'

/** Where a new password comes from; asked for at the terminal when neither is given. */
export interface PasswordOptions {
  readonly passwordFile?: string
  readonly passwordStdin?: boolean
}

/** Arguments are seen by everyone on the machine and stay in the shell's history. */
const NEVER_AN_ARGUMENT =
  'a password is never an argument: leave it out to be asked, or use --password-file or --password-stdin'

/** A password, its line end, and room to notice that it was a file instead. */
const MAX_STDIN_CHARACTERS = 2 * MAX_PASSWORD_CHARACTERS

/** Adds the ways to give a password, and refuses the one that would show it to others. */
export function addPasswordOptions(command: Command): Command {
  return (
    command
      .option('--password-file <file>', 'read the password from the first line of a file')
      .option('--password-stdin', 'read the password from standard input')
      // Known only to be refused with an explanation: an unknown option would not say what to use.
      .addOption(new Option('--password [value]').hideHelp())
  )
}

/**
 * Gets a new password and judges it.
 * @throws CommandError with exit code 2 when there is none or it is refused; never quotes it
 */
export async function readNewPassword(terminal: Terminal, login: string, options: PasswordOptions): Promise<string> {
  if ('password' in options) throw usage(NEVER_AN_ARGUMENT)
  const password = await readPassword(terminal, options)
  const reason = refuseNewPassword(password, login)
  if (reason !== undefined) throw usage(reason)
  return password
}

async function readPassword(terminal: Terminal, { passwordFile, passwordStdin }: PasswordOptions): Promise<string> {
  if (passwordFile !== undefined && passwordStdin) throw usage('use --password-file or --password-stdin, not both')
  if (passwordFile !== undefined) return readPasswordFile(resolve(terminal.cwd, passwordFile))
  if (passwordStdin) return firstLine(await readAll(terminal.stdin))
  if (terminal.stdin.isTTY) return askNewPassword(terminal)
  throw usage('there is no terminal to ask for a password: use --password-file or --password-stdin')
}

function readPasswordFile(path: string): string {
  const content = readNamedFile(path, (file) => readFileSync(file, 'utf8'))
  if (!content.ok) throw usage(`${path} ${content.reason}`)
  return firstLine(content.text)
}

async function readAll(stdin: TerminalInput): Promise<string> {
  stdin.setEncoding('utf8')
  let text = ''
  for await (const chunk of stdin) {
    text += String(chunk)
    if (text.length > MAX_STDIN_CHARACTERS) throw usage('standard input is too long to be a password')
  }
  return text
}

function firstLine(text: string): string {
  return text.split(/\r?\n/, 1)[0] ?? ''
}

function usage(message: string): CommandError {
  return new CommandError(EXIT.usage, 'SALLYPORT_E_USAGE', message)
}
