/** Why something could not be started here; the codes are stable, the sentences are not. */
export type StartErrorCode =
  | 'SALLYPORT_E_POSTGRES_MISSING'
  | 'SALLYPORT_E_POSTGRES_HELD'
  | 'SALLYPORT_E_POSTGRES_FOLDER'
  | 'SALLYPORT_E_POSTGRES_START'
  | 'SALLYPORT_E_PORT_IN_USE'
  | 'SALLYPORT_E_DEMO_RESOURCE'

/** A failed start that the person at the terminal can repair: its message says what to do, so no stack is needed. */
export class StartError extends Error {
  override readonly name = 'StartError'
  readonly code: StartErrorCode

  constructor(code: StartErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
