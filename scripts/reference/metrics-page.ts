import { CATALOGUE, type Metric } from '../../server/src/metrics/catalogue.ts'
import { code, codes, generatedFrom, table } from './markdown.ts'

const INTRODUCTION = `# Metrics

What each process of the server counts, in the text format of Prometheus, at \`/metrics\` of the management port: 9490, on loopback unless \`management.host\` or \`--management-host\` says otherwise. The names on this page are a contract: a name that was released keeps its type, its labels and its meaning; values are added to a label, never taken away or used for something else.

Each process tells of itself alone and starts at zero: add up what all of them say. Reading costs no question to the database. Seconds are the unit of every time.

A label has the values that stand here and \`other\`, which is everything else. So no request can put anything into a label or make more series than these; a subject, a login, a client, a scope, an address or a token is in none of them.
`

const NODE = `## Node's own

Beside these stand what the client library for Node.js tells of every process, under its usual names: \`process_*\` (CPU, memory, open files, start) and \`nodejs_*\` (heap, garbage collection, event loop, version). They come as the library has them and are not part of the contract.
`

/** The page of all metrics. */
export function metricsPage(): string {
  const metrics = Object.entries<Metric>(CATALOGUE)
  const rows = metrics.map(([name, { type, labels, help }]) => [code(name), type, codes(Object.keys(labels)), help])
  const sections = metrics.filter(([, { labels, buckets }]) => buckets !== undefined || Object.keys(labels).length > 0)
  const parts = [
    generatedFrom('`server/src/metrics/catalogue.ts`'),
    INTRODUCTION,
    `${table(['name', 'type', 'labels', 'what'], rows)}\n`,
    ...sections.map(([name, metric]) => section(name, metric)),
    NODE,
  ]
  return `${parts.join('\n').trimEnd()}\n`
}

function section(name: string, { labels, buckets }: Metric): string {
  const rows = Object.entries(labels).map(([label, values]) => [code(label), valuesOf(values)])
  const bounds = buckets === undefined ? [] : [`Buckets up to ${codes(buckets.map(String))} seconds.\n`]
  return [`## ${code(name)}\n`, ...(rows.length > 0 ? [`${table(['label', 'values'], rows)}\n`] : []), ...bounds].join(
    '\n',
  )
}

function valuesOf(values: readonly string[]): string {
  return values.length === 0 ? 'as the process is' : codes(values)
}
