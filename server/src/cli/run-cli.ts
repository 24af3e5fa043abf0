import { CommanderError } from 'commander'
import type { CommandContext } from './command.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { explainFailure } from './explain-failure.ts'
import { createProgram } from './program.ts'
import type { Terminal } from './terminal.ts'

/**
 * Runs one command to its end.
 * @param args the arguments after the program's name
 * @returns the exit code; nothing is thrown, everything that went wrong was printed
 */
export async function runCli(args: readonly string[], terminal: Terminal, version: string): Promise<ExitCode> {
  const context: CommandContext = { terminal, exitCode: EXIT.done }
  try {
    await createProgram(context, version).parseAsync(args, { from: 'user' })
    return context.exitCode
  } catch (error) {
    if (error instanceof CommanderError) return endOfParsing(error, terminal)
    const { line, exitCode } = explainFailure(error)
    if (line !== undefined) terminal.alert('error', line)
    return exitCode
  }
}

function endOfParsing(error: CommanderError, terminal: Terminal): ExitCode {
  switch (error.code) {
    case 'commander.helpDisplayed':
    case 'commander.version':
      return EXIT.done
    // A command that has subcommands was called without one: the help was printed instead.
    case 'commander.help':
      return EXIT.usage
    default:
      terminal.alert('error', `${withoutValues(error)} [SALLYPORT_E_USAGE]`)
      terminal.log('See `sallyport --help`, or the --help of the command.')
      return EXIT.usage
  }
}

/** The parser's message without what was typed as a value: a password in the wrong place must not be repeated. */
function withoutValues({ code, message }: CommanderError): string {
  if (code === 'commander.excessArguments') return 'there are more arguments than this command takes'
  const text = message.replace(/^error: /, '')
  if (code === 'commander.unknownOption') return text.replace(/'(.*)'/s, (_, option: string) => `'${nameOf(option)}'`)
  return text
}

/** `--name` of `--name=value`, `-n` of `-nvalue`. */
function nameOf(option: string): string {
  return option.startsWith('--') ? (option.split('=', 1)[0] ?? '') : option.slice(0, 2)
}
