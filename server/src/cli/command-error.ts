import type { ExitCode } from './exit-code.ts'

/** Stable; the sentences may change. */
export type CommandErrorCode =
  | 'SALLYPORT_E_USAGE'
  | 'SALLYPORT_E_SETTINGS'
  | 'SALLYPORT_E_REFUSED'
  | 'SALLYPORT_E_DATABASE'
  | 'SALLYPORT_E_NOT_MIGRATED'
  | 'SALLYPORT_E_INTERRUPTED'
  | 'SALLYPORT_E_PACKAGES_MISSING'

/** A command's end that the person at the terminal can do something about: no stack, one exit code. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly code: CommandErrorCode
  readonly exitCode: ExitCode

  /** @param message what is wrong and what to do; empty when it was printed already */
  constructor(exitCode: ExitCode, code: CommandErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.exitCode = exitCode
    this.code = code
  }
}
