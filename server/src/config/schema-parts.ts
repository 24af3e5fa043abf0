import { z } from 'zod'

/** Longer values are mistakes (a file pasted into a key), and every message about them would be as long. */
const MAX_TEXT_LENGTH = 4096

/** What people read on the consent page; longer names push the rest of the sentence off a phone. */
export const MAX_NAME_LENGTH = 64

/** Text on one line. */
export function text(maximum: number = MAX_TEXT_LENGTH): z.ZodString {
  return z
    .string()
    .min(1, { error: 'must not be empty' })
    .max(maximum, { error: `must not be longer than ${maximum} characters` })
    .regex(/^[^\p{Cc}]*$/u, { error: 'must not hold control characters' })
}

/** A name that people read. */
export function displayName(): z.ZodString {
  // Bidirectional controls can make one name read as another.
  return text(MAX_NAME_LENGTH).regex(/^[^\p{Cf}\p{Zl}\p{Zp}]*$/u, { error: 'must not hold invisible characters' })
}

/** A secret as text; what it must look like is judged later, together with secrets that came from files. */
export function secretText(): z.ZodString {
  return z.string({ error: 'must be text: quote it' }).min(1, { error: 'must not be empty' })
}

/** Path of a file, relative to the settings file when it is written there. */
export function filePath(): z.ZodString {
  return text()
}

/** A whole number between two bounds that have a reason. */
export function wholeNumber(bounds: { readonly min: number; readonly max: number; readonly reason: string }): z.ZodInt {
  const error = `must be between ${bounds.min} and ${bounds.max}: ${bounds.reason}`
  return z.int().min(bounds.min, { error }).max(bounds.max, { error })
}

/** A TCP port that can be written into a URL. */
export function port(): z.ZodInt {
  return wholeNumber({ min: 1, max: 65_535, reason: 'it becomes part of a URL' })
}
