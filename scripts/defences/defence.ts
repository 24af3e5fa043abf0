/** A piece of source text, and what stands in its place while a defence is off. */
export interface Change {
  /** From the repository root. */
  readonly file: string
  /** Stands exactly once in the file. */
  readonly text: string
  readonly without: string
}

/** One defence: how it is switched off, and who must notice. */
export interface Defence {
  /** Id of the attack that it stands against. */
  readonly attack: string
  /** What it is, in a few words. */
  readonly what: string
  /** Several where one alone would be held by another behind it. */
  readonly off: readonly Change[]
  readonly test: {
    /** From the repository root. */
    readonly file: string
    /** A part of the test's name that stands in the file as it is. */
    readonly name: string
  }
}

/** A text as it would be with the change. @throws RangeError unless the text to change stands there exactly once */
export function withChange(source: string, { file, text, without }: Change): string {
  const [before, after, ...more] = source.split(text)
  if (before === undefined || after === undefined || more.length > 0) {
    throw new RangeError(`${file} must hold exactly once: ${text}`)
  }
  return before + without + after
}
