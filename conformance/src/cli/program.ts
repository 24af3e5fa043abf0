import { Command, CommanderError } from 'commander'
import { UnreachableError } from '../run/examine-server.ts'
import { NothingAskedError } from '../run/run-checks.ts'
import { addAsVerb } from './as-verb.ts'
import { addClientVerb } from './client-verb.ts'
import type { Console } from './console.ts'
import { addDiffVerb } from './diff-verb.ts'
import { addDoctorVerb } from './doctor-verb.ts'
import { EXIT } from './exit-code.ts'
import { addLogoutVerb } from './logout-verb.ts'
import { addQuirksVerb } from './quirks-verb.ts'
import { addServerVerb } from './server-verb.ts'
import { UsageError } from './usage-error.ts'

/**
 * Runs one command line.
 * @param args without the names of node and script
 * @returns the exit code
 */
export async function runCommandLine(args: readonly string[], console: Console): Promise<number> {
  let exitCode: number = EXIT.passed
  const program = new Command('sallyport-examine')
    .description('judges MCP servers, authorization servers and clients as OAuth parties, from outside')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => console.out(text.trimEnd()),
      writeErr: (text) => console.err(text.trimEnd()),
    })
  const finish = (code: number): void => {
    exitCode = code
  }
  addServerVerb(program, console, finish)
  addClientVerb(program, console, finish)
  addAsVerb(program, console, finish)
  addQuirksVerb(program, console, finish)
  addDiffVerb(program, console, finish)
  addLogoutVerb(program, console, finish)
  addDoctorVerb(program, console, finish)
  try {
    await program.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    return exitCodeFor(error, console)
  }
}

function exitCodeFor(error: unknown, console: Console): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.passed : EXIT.usage
  const isUsage = error instanceof UsageError || error instanceof NothingAskedError
  if (!isUsage && !(error instanceof UnreachableError)) {
    // Ours to mend, and no word about the target: neither passed nor failed.
    console.err(`sallyport-examine broke: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    return EXIT.incomplete
  }
  console.err(`sallyport-examine: ${error.message}`)
  return isUsage ? EXIT.usage : EXIT.unreachable
}
