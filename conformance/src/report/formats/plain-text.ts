import type { CheckReport } from '../report.ts'

/** What a requirement says, in our words, by its id; a report carries its id and source alone. */
export type StatementOf = (requirement: string) => string | undefined

export const noStatements: StatementOf = () => undefined

/**
 * Leaves line ends and tabs and takes out every other control character, with which a server could write over what a terminal shows
 * or break a document of XML. Signs that turn the direction of a line go as well.
 */
export function printable(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('\r\n', '\n')
    .replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff]/gu, (sign) =>
      sign === '\n' || sign === '\t' ? sign : '�',
    )
}

/** On one line. */
export const onOneLine = (text: string): string =>
  printable(text)
    .replace(/\s*\n\s*/g, ' ')
    .trim()

/** For the text and the quoted attributes of XML and HTML. */
export function escapeMarkup(text: string): string {
  return printable(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}

/** `must` as a reader of specifications writes it. */
export function bindingOf({ level }: Pick<CheckReport, 'level'>): string {
  return { must: 'MUST', should: 'SHOULD', practice: 'practice' }[level]
}

/** What a check has to say, one paragraph each, for forms that know paragraphs alone. */
export function paragraphsOf(check: CheckReport, statementOf: StatementOf): readonly string[] {
  return [
    `What came: ${onOneLine(check.detail)}`,
    `${bindingOf(check)} (${check.requirement}): ${statementOf(check.requirement) ?? check.title}`,
    `Source: ${check.source}`,
    `To mend it: ${onOneLine(check.remedy)}`,
  ]
}

/** Sources are ours, but a report may come from a file that somebody else wrote. */
export const linkTo = (address: string): string => (/^https?:\/\//.test(address) ? escapeMarkup(address) : '#')
