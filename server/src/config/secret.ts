import { inspect } from 'node:util'

/** A value that must not reach a log, a page or an error: it prints `[redacted]` wherever text is made of it. */
export interface Secret {
  /** The value itself. Call it where the value is used, never where it is passed on. */
  reveal(): string
  toString(): string
  toJSON(): string
}

const REDACTED = '[redacted]'

/** Wraps `value` so that only `reveal()` shows it. */
export function secret(value: string): Secret {
  return Object.freeze({
    reveal: () => value,
    toString: () => REDACTED,
    toJSON: () => REDACTED,
    [inspect.custom]: () => REDACTED,
  })
}
