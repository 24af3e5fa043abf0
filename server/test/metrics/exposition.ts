import type { AddressInfo } from 'node:net'
import { createManagementServer } from '../../src/http/management.ts'
import type { TestServer } from '../setup/authorization-server.ts'

export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** What one look at `/metrics` said. */
export interface Exposition {
  readonly text: string
  readonly samples: readonly Sample[]
  /** Type by the name of a family. */
  readonly types: ReadonlyMap<string, string>
  /** Sum of the samples of that name whose labels have these values; 0 where there is none. */
  sum(name: string, labels?: Readonly<Record<string, string>>): number
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const LABEL = `${NAME}="(?:[^"\\\\\\n]|\\\\["\\\\n])*"`
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(${LABEL}(?:,${LABEL})*),?\\})? (NaN|[+-]?(?:Inf|[0-9.e+-]+))$`)

/**
 * Reads the text format line by line.
 * @throws Error naming a line that is no sample and no comment, or a sample whose family was not declared before it
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function parseExposition(text: string): Exposition {
  if (!text.endsWith('\n')) throw new Error('the last line has no end')
  const types = new Map<string, string>()
  const samples: Sample[] = []
  for (const line of text.split('\n')) {
    const declared = line.match(/^# TYPE (\S+) (counter|gauge|histogram|summary)$/)
    if (declared !== null) types.set(declared[1] ?? '', declared[2] ?? '')
    if (line === '' || line.startsWith('#')) continue
    const match = line.match(SAMPLE)
    if (match === null) throw new Error(`no sample: ${line}`)
    const [, name = '', labels = '', value = ''] = match
    if (familyOf(name, types) === undefined) throw new Error(`no type: ${line}`)
    samples.push({ name, labels: readLabels(labels), value: Number(value.replace('Inf', 'Infinity')) })
  }
  const sum = (name: string, labels: Readonly<Record<string, string>> = {}): number =>
    samples
      .filter((sample) => sample.name === name)
      .filter((sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value))
      .reduce((total, { value }) => total + value, 0)
  return { text, samples, types, sum }
}

/** The name that was declared for a sample: of a histogram there are three. */
export function familyOf(name: string, types: ReadonlyMap<string, string>): string | undefined {
  const family = name.replace(/_(?:bucket|sum|count)$/, '')
  if (types.has(name)) return name
  return types.get(family) === 'histogram' ? family : undefined
}

function readLabels(text: string): Readonly<Record<string, string>> {
  const pairs = [...text.matchAll(new RegExp(`(${NAME})="((?:[^"\\\\]|\\\\.)*)"`, 'g'))]
  return Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, value]))
}

/** The management port of a test server, as far as `/metrics` goes. */
export async function serveMetrics(server: TestServer): Promise<{ scrape(): Promise<Exposition>; close(): void }> {
  const management = createManagementServer([], server.metrics.expose)
  await new Promise<void>((resolve) => management.listen(0, '127.0.0.1', resolve))
  const { port } = management.address() as AddressInfo
  return {
    scrape: async () => parseExposition(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()),
    close: () => management.close(),
  }
}
