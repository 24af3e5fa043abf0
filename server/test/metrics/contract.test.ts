import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer } from '../../src/app.ts'
import { CATALOGUE, type Metric } from '../../src/metrics/catalogue.ts'
import { freePort } from '../e2e/free-port.ts'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { type Exposition, familyOf, parseExposition } from './exposition.ts'

const page = readFileSync(new URL('../../../docs/reference/metrics.md', import.meta.url), 'utf8')
/** Names of the page, with their labels, read without the code that wrote it. */
const documented = new Map(
  [...page.matchAll(/^\| `(sallyport_\w+)` \| (\w+) \| (.*?) \| .* \|$/gm)].map(([, name, type, labels = '']) => [
    name ?? '',
    { type, labels: [...labels.matchAll(/`(\w+)`/g)].map((match) => match[1]) },
  ]),
)

let home: TestServer
let running: Awaited<ReturnType<typeof startServer>>
let contentType: string | null
let told: Exposition
beforeAll(async () => {
  home = await startTestServer()
  const [port, managementPort] = [await freePort(), await freePort()]
  const host = '127.0.0.1'
  running = await startServer({ ...home.settings, listen: { host, port }, management: { host, port: managementPort } })
  await fetch(`http://127.0.0.1:${port}/.well-known/jwks.json`)
  const response = await fetch(`http://127.0.0.1:${managementPort}/metrics`)
  contentType = response.headers.get('content-type')
  told = parseExposition(await response.text())
})
afterAll(async () => {
  await running.close()
  await home.close()
})

describe('/metrics of a running server', () => {
  it('is in the text format of Prometheus', () => {
    expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8')
  })

  it('has every metric of the page, of its type, and no other of ours', () => {
    const ours = [...told.types].filter(([name]) => name.startsWith('sallyport_'))
    expect(Object.fromEntries(ours)).toEqual(
      Object.fromEntries([...documented].map(([name, { type }]) => [name, type])),
    )
    expect(documented.size).toBeGreaterThan(14)
  })

  it('has no label that the page does not have', () => {
    for (const { name, labels } of told.samples) {
      const known = documented.get(familyOf(name, told.types) ?? '')
      if (known === undefined) continue
      expect(Object.keys(labels).filter((label) => label !== 'le' && !known.labels.includes(label))).toEqual([])
    }
  })

  it('names no sample twice, and its histograms add up', () => {
    const keys = told.samples.map(({ name, labels }) => `${name} ${JSON.stringify(labels)}`)
    expect(keys.length).toBe(new Set(keys).size)
    const labels = { endpoint: '/.well-known/jwks.json' }
    const buckets = told.samples.filter(({ name }) => name === 'sallyport_request_duration_seconds_bucket')
    const values = buckets.filter((each) => each.labels.endpoint === labels.endpoint).map(({ value }) => value)
    expect(values).toEqual(values.toSorted((a, b) => a - b))
    expect(values.at(-1)).toBe(told.sum('sallyport_request_duration_seconds_count', labels))
  })

  it('tells which version runs, how late the event loop is, how the pool is used, and what Node tells', () => {
    const [build] = told.samples.filter(({ name }) => name === 'sallyport_build_info')
    const manifest: { version: string } = JSON.parse(
      readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
    )
    expect(build).toMatchObject({ value: 1, labels: { version: manifest.version, node: process.versions.node } })
    const delays = told.samples.filter(({ name }) => name === 'sallyport_event_loop_delay_seconds')
    expect(delays.map(({ labels }) => labels.quantile)).toEqual(['0.5', '0.99', '1'])
    expect(delays.every(({ value }) => value >= 0 && value < 60)).toBe(true)
    expect(told.sum('sallyport_database_connections_max')).toBe(home.settings.databasePoolSize)
    expect(told.sum('process_resident_memory_bytes')).toBeGreaterThan(0)
    expect(told.types.get('nodejs_eventloop_lag_p99_seconds')).toBe('gauge')
  })

  it('shows counters with few series from the start, so that the first of a kind is seen as a rise', () => {
    const reasons = CATALOGUE.sallyport_grants_revoked_total.labels.reason
    const shown = told.samples.filter(({ name }) => name === 'sallyport_grants_revoked_total')
    expect(shown.map(({ labels }) => labels.reason)).toEqual([...reasons])
  })
})

describe('the contract', () => {
  it('keeps the names that were given to what is counted', () => {
    for (const [name, { type, help }] of Object.entries<Metric>(CATALOGUE)) {
      expect(name).toMatch(/^sallyport_[a-z]+(?:_[a-z]+)*$/)
      expect({ name, counter: type === 'counter' }).toEqual({ name, counter: name.endsWith('_total') })
      if (type === 'histogram') expect(name).toMatch(/_seconds$/)
      expect(help).toMatch(/[.`]$/)
    }
  })
})
