import type { Row } from './matrix.ts'

/** Which check finds which fault, as a page: faults with what finds them, then checks with the faults that prove them. */
export function renderMatrix(whole: readonly Row[], broken: readonly Row[]): string {
  return `# Detection matrix

Written by \`conformance/test/detection/matrix.test.ts\` out of runs of the whole of \`server\` mode at every fixture, profile \`started\`,
with a downstream; with \`--slow\` and \`--stress\` at sound servers and those of the SDKs, and where a fault shows only then. \`UPDATE_MATRIX=1 npx vitest run conformance/test/detection\` writes it anew.

## Servers without a fault of ours

| server | what it is | fails | warns |
|---|---|---|---|
${whole.map(line).join('\n')}

Why, for each that is not sound: [sound/all.ts](sound/all.ts) and [frameworks/all.ts](frameworks/all.ts).

## Servers with one fault each (${broken.length})

| server | what it does | fails | warns |
|---|---|---|---|
${broken.map(line).join('\n')}

## Checks, and the servers that prove that they can fail or warn

| check | servers |
|---|---|
${checksOf(broken).join('\n')}
`
}

function line({ name, says, found }: Row): string {
  return `| \`${name}\` | ${says.replaceAll('|', '\\|')} | ${code(found.fails)} | ${code(found.warns)} |`
}

function checksOf(rows: readonly Row[]): readonly string[] {
  const ids = [...new Set(rows.flatMap(({ report }) => report.checks.map(({ id }) => id)))].toSorted()
  return ids.map((id) => {
    const finders = rows.filter(({ found }) => found.fails.includes(id) || found.warns.includes(id))
    return `| \`${id}\` | ${code(finders.map(({ name }) => name))} |`
  })
}

function code(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ')
}
