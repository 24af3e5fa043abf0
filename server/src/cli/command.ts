import { Command } from 'commander'
import { EXIT_CODE_HELP, type ExitCode } from './exit-code.ts'
import type { Terminal } from './terminal.ts'

/** What every command is given: where it runs, and where it says how it ended when that is not "done". */
export interface CommandContext {
  readonly terminal: Terminal
  exitCode: ExitCode
}

interface CommandDescription {
  readonly name: string
  readonly summary: string
  /** Shown first in the help; each is a line that can be pasted. */
  readonly examples: readonly string[]
  /** Further paragraphs. */
  readonly details?: string
}

// The parser keeps help as text; the reference needs the examples by themselves.
const EXAMPLES = new WeakMap<Command, readonly string[]>()

/**
 * Makes a command that prints through the terminal it was given, never ends the process, and shows examples first.
 * Its own error output is off: messages of the parser can repeat an argument, and that may be a password.
 */
export function createCommand({ terminal }: CommandContext, description: CommandDescription): Command {
  const { name, summary, examples, details } = description
  const lines = examples.map((example) => `  ${example}`).join('\n')
  const command = new Command(name)
  EXAMPLES.set(command, examples)
  return command
    .summary(summary)
    .description(details === undefined ? summary : `${summary}\n\n${details}`)
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
    .exitOverride()
    .showSuggestionAfterError()
    .allowExcessArguments(false)
    .configureOutput({
      writeOut: (text) => terminal.write(text),
      writeErr: (text) => terminal.prompt(text),
      outputError: () => {},
    })
    .addHelpText('before', `Examples:\n${lines}\n`)
    .addHelpText('after', EXIT_CODE_HELP)
}

/** The lines that the help of a command begins with. */
export function examplesOf(command: Command): readonly string[] {
  return EXAMPLES.get(command) ?? []
}

/** Adds subcommands to a command that does nothing by itself. */
export function withSubcommands(command: Command, subcommands: readonly Command[]): Command {
  for (const subcommand of subcommands) command.addCommand(subcommand)
  return command
}
