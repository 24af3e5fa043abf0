/** Why `protect` refuses to start. Messages may change, codes may not. */
export type ProtectErrorCode =
  | 'SALLYPORT_E_OPTIONS'
  | 'SALLYPORT_E_ISSUER_URL'
  | 'SALLYPORT_E_RESOURCE_URI'
  | 'SALLYPORT_E_STDIO'
  | 'SALLYPORT_E_TOOLS_MISSING'
  | 'SALLYPORT_E_TOOLS_UNREADABLE'
  | 'SALLYPORT_E_TOOLS_INVALID'
  | 'SALLYPORT_E_CLIENT_KEY'

/** A mistake in what was given to `protect`; thrown before anything is served. */
export class ProtectError extends Error {
  override readonly name = 'ProtectError'
  readonly code: ProtectErrorCode

  /**
   * @param code stable code
   * @param message what is wrong and what to do, for the author of the server
   */
  constructor(code: ProtectErrorCode, message: string) {
    super(`${code}: ${message}`)
    this.code = code
  }
}
