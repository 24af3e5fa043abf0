/** A piece of a sentence: our own words, or a value that somebody else chose. */
export interface SentencePart {
  readonly text: string
  /** Values are set apart and isolated on the page, so that a name can neither reorder nor continue our words. */
  readonly isValue: boolean
}

export type Sentence = readonly SentencePart[]

type PlaceholderOf<Message extends string> = Message extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PlaceholderOf<Rest>
  : never

const PLACEHOLDER = /\{(\w+)\}/

/**
 * Fills the `{placeholders}` of a catalogue message in one pass: a value that contains `{other}` stays as it is.
 * The compiler asks for exactly the placeholders the message has.
 */
export function buildSentence<Message extends string>(
  message: Message,
  values: Readonly<Record<PlaceholderOf<Message>, string>>,
): Sentence {
  const byName = new Map<string, string>(Object.entries(values))
  // Splitting by a pattern with one group alternates words and placeholder names.
  return message
    .split(PLACEHOLDER)
    .map((piece, index) =>
      index % 2 === 0 ? { text: piece, isValue: false } : { text: byName.get(piece) ?? '', isValue: true },
    )
    .filter((part) => part.text !== '')
}

/** The sentence as plain text, for titles. */
export function plainText(sentence: Sentence): string {
  return sentence.map((part) => part.text).join('')
}
