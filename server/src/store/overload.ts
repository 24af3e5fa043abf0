/** Something has more to do than it can within the time that callers wait. Nothing was done for this one. */
export class OverloadError extends Error {
  override readonly name = 'OverloadError'
  readonly code = 'SALLYPORT_E_OVERLOADED'
  readonly part: 'passwords' | 'database'

  constructor(part: OverloadError['part']) {
    super(`too many wait for ${part}`)
    this.part = part
  }
}
