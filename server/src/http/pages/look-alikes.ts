// Scripts are those of Unicode's `Script` property; the rules are of UTS #39, §5.1, §5.2 and §4.

/** In everyday use (UAX #31, table 5). Letters of the others (Cherokee, Lisu, Coptic …) are hardly met but in disguise. */
const SCRIPTS = [
  'Latin Greek Cyrillic Armenian Hebrew Arabic Thaana Devanagari Bengali Gurmukhi Gujarati Oriya Tamil Telugu Kannada',
  'Malayalam Sinhala Thai Lao Tibetan Myanmar Georgian Hangul Ethiopic Khmer Hiragana Katakana Bopomofo Han',
].flatMap((line) => line.split(' '))

const LETTERS_OF = new Map(SCRIPTS.map((script) => [script, new RegExp(`\\p{Script=${script}}`, 'u')]))
const LETTER_OF_OTHERS = new RegExp(
  `[^\\P{L}\\p{Script=Common}\\p{Script=Inherited}${SCRIPTS.map((script) => `\\p{Script=${script}}`).join('')}]`,
  'u',
)
const OTHER = 'other'

/** Scripts that Japanese, Chinese and Korean write together, with Latin words among them. */
const WRITTEN_TOGETHER = [
  ['Latin', 'Han', 'Hiragana', 'Katakana'],
  ['Latin', 'Han', 'Bopomofo'],
  ['Latin', 'Han', 'Hangul'],
].map((scripts) => new Set(scripts))

/** Letters that look like Latin ones in common fonts, by their script: of UTS #39's confusables, those within one letter. */
const LOOK_LIKE_LATIN = new Map([
  ['Cyrillic', 'асԁеһіјӏорԗԛѕԝхуъьҽпгѵѡґєАВЕКМНОРСТУХЅІЈԌԚԜҮЗЬѴӀ'],
  ['Greek', 'αικνρυωηοτχγϲϳΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹ'],
  ['Armenian', 'օսոհցզայլքՕՍԼՏՆ'],
])

/** Letters that Unicode counts as Latin and no everyday spelling needs: clicks, small capitals, the phonetic alphabet. */
const FEIGNED_LATIN = /[ɑɡɩɪɴʀʏʋʟʙɢʜǀǃᴀᴄᴅᴇᴊᴋᴍᴏᴘᴛᴜᴠᴡᴢꜱꜰꞁ]/u

const BETWEEN_WORDS = /[^\p{L}\p{M}\p{Nd}]+/u

/**
 * Whether letters of a name can pass for others: a word mixes alphabets, or all letters of another alphabet in it look like
 * Latin ones. No more can be told from letters: a name in plain Latin may be somebody else's as well.
 * @param name cleaned
 */
export function isDisguised(name: string): boolean {
  return name.split(BETWEEN_WORDS).some(mixesScripts) || looksLatin(name)
}

/** Every script that a letter of a text is of; `other` for those that are not in everyday use. */
export function scriptsOf(text: string): ReadonlySet<string> {
  const scripts = SCRIPTS.filter((script) => LETTERS_OF.get(script)?.test(text))
  return new Set(LETTER_OF_OTHERS.test(text) ? [...scripts, OTHER] : scripts)
}

/** Whether the letters of one word are of scripts that nobody writes together. */
export function mixesScripts(word: string): boolean {
  const scripts = [...scriptsOf(word)]
  return scripts.length > 1 && !WRITTEN_TOGETHER.some((together) => scripts.every((script) => together.has(script)))
}

/** Whether a text says in another alphabet what looks like Latin. One that has letters of its own says something of its own. */
export function looksLatin(text: string): boolean {
  if (FEIGNED_LATIN.test(text) || scriptsOf(text).has(OTHER)) return true
  return [...LOOK_LIKE_LATIN].some(([script, letters]) => {
    const theirs = [...text].filter((letter) => LETTERS_OF.get(script)?.test(letter))
    return theirs.length > 0 && theirs.every((letter) => letters.includes(letter))
  })
}
