/** Said at the top of every page that a program wrote. */
export function generatedFrom(source: string): string {
  return `<!-- Written by \`npm run docs\` out of ${source}. Change it there: edits here are overwritten. -->\n`
}

/**
 * A Markdown table.
 * @param rows cells as Markdown; a bar inside a cell does not end it
 */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

export const code = (text: string): string => `\`${text}\``

/** Each as code, with commas between. */
export const codes = (texts: readonly string[]): string => texts.map(code).join(', ')
