import { CommandError } from './command-error.ts'
import { EXIT, type ExitCode } from './exit-code.ts'

/** How a command ended that did not succeed: the line to print, if any, and the exit code. */
export interface Failure {
  readonly line: string | undefined
  readonly exitCode: ExitCode
}

/** Turns whatever a command threw into one line and an exit code. Never prints connection strings. */
export function explainFailure(error: unknown): Failure {
  if (error instanceof CommandError) {
    const line = error.message === '' ? undefined : `${error.message} [${error.code}]`
    return { line, exitCode: error.exitCode }
  }
  return explainOwn(error) ?? explainDatabase(error) ?? { line: unexpected(error), exitCode: EXIT.refused }
}

/** Errors of ours say what to do and carry their code, whichever part they come from. */
function explainOwn(error: unknown): Failure | undefined {
  const code = codeOf(error)
  if (!(error instanceof Error) || !code?.startsWith('SALLYPORT_E_')) return undefined
  return { line: `${error.message} [${code}]`, exitCode: exitCodeOf(code) }
}

function exitCodeOf(code: string): ExitCode {
  if (code.startsWith('SALLYPORT_E_SETTINGS')) return EXIT.usage
  switch (code) {
    case 'SALLYPORT_E_POSTGRES_MISSING':
    case 'SALLYPORT_E_POSTGRES_FOLDER':
      return EXIT.usage
    case 'SALLYPORT_E_POSTGRES_START':
    case 'SALLYPORT_E_POSTGRES_HELD':
      return EXIT.unreachable
    default:
      return EXIT.refused
  }
}

const UNREACHABLE_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  // A socket folder of a server that is not there.
  'ENOENT',
  'EPIPE',
])

/** Class 08 is the connection, class 53 a full server, 57P0x one that stops or starts. */
const UNREACHABLE_STATE = /^(?:08|53|57P0)/

function explainDatabase(error: unknown): Failure | undefined {
  const code = codeOf(error)
  const refused = (line: string, exitCode: ExitCode): Failure => ({ line: `${line} [SALLYPORT_E_DATABASE]`, exitCode })
  if (code === undefined) {
    const timedOut = error instanceof Error && /\btime(?:d )?out\b/i.test(error.message)
    return timedOut ? refused('the database does not answer: check DATABASE_URL', EXIT.unreachable) : undefined
  }
  if (UNREACHABLE_CODES.has(code) || UNREACHABLE_STATE.test(code)) {
    return refused(
      `the database cannot be reached (${code}): check DATABASE_URL, and that PostgreSQL runs`,
      EXIT.unreachable,
    )
  }
  // Class 28: the server answered and knows neither this user nor this password.
  if (code.startsWith('28')) return refused('the database refuses the user or password of DATABASE_URL', EXIT.usage)
  if (code === '3D000') return refused('the database that DATABASE_URL names does not exist: create it', EXIT.usage)
  return undefined
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

function unexpected(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
