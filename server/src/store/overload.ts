/** Said with a 503 that is no failure: more was asked at once than can be done. */
export const OVERLOADED_CODE = 'SALLYPORT_E_OVERLOADED'

/** Something has more to do than it can within the time that callers wait. Nothing was done for this one. */
export class OverloadError extends Error {
  override readonly name = 'OverloadError'
  readonly code = OVERLOADED_CODE
  readonly part: 'passwords' | 'database'

  constructor(part: OverloadError['part']) {
    super(`too many wait for ${part}`)
    this.part = part
  }
}
