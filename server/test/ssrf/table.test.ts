import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { plainSettings } from '../contest/server-processes.ts'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { SSRF_INPUTS } from './inputs.ts'
import { SITES, TABLE } from './sites.ts'
import type { TableReport } from './table-process.ts'

const PROGRAM = new URL('./table-process.ts', import.meta.url)
/** Thousands of requests, each of which may wait for its whole time; alone it is a quarter of a minute. */
const TABLE_TIMEOUT_MS = 400_000
const MEGABYTE = 1_048_576

let server: TestServer
let report: TableReport
beforeAll(async () => {
  server = await startTestServer()
  const child = fork(PROGRAM, {
    execArgv: ['--conditions=@sallyport/source', '--expose-gc'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  child.send(plainSettings(server, { trustedProxies: ['127.0.0.0/8'] }))
  const ended = once(child, 'exit').then(() =>
    Promise.reject(new Error('the process of the table ended before it answered')),
  )
  const [message]: unknown[] = await Promise.race([once(child, 'message'), ended])
  report = message as TableReport
  const growth = `heap grew by ${(report.heapGrowthBytes / MEGABYTE).toFixed(1)} MB`
  const seen = `${report.reached} reached, ${report.connects.length} connects, ${growth}`
  console.info(`ssrf: ${report.inputs} inputs × ${report.sites.length} sites, ${report.attempts} attempts: ${seen}`)
}, TABLE_TIMEOUT_MS)
afterAll(() => server?.close())

describe('what strangers write down', () => {
  it('is at least sixty inputs at every site, and each input at some (AS-CIMD-07, A45, A60 to A73)', () => {
    expect(new Set(SSRF_INPUTS.map(({ what }) => what)).size).toBe(report.inputs)
    expect(report.inputs).toBeGreaterThanOrEqual(60)
    for (const { name } of SITES) {
      const tried = new Set(TABLE.filter(({ site }) => site.name === name).map(({ input }) => input.what)).size
      expect(tried).toBeGreaterThanOrEqual(60)
    }
    expect(new Set(TABLE.map(({ input }) => input.what)).size).toBe(report.inputs)
    expect(report.attempts).toBe(TABLE.length)
  })

  it('connects to nothing but hosts of the public Internet, and follows no redirect (AS-CIMD-05, AS-CIMD-07, A45, A71, A72, A73)', () => {
    expect({ connects: report.connects, reached: report.reached, followed: report.followed }).toEqual({
      connects: [],
      reached: 0,
      followed: [],
    })
  })

  it('makes the memory grow by less than 10 MB over the whole table (A74)', () => {
    expect(report.heapGrowthBytes).toBeLessThan(10 * MEGABYTE)
  })

  it('gets one answer at each site, whatever stood in the way (AS-CIMD-17)', () => {
    const several = Object.entries(report.answers).filter(([, answers]) => answers.length > 1)
    expect(Object.fromEntries(several)).toEqual({})
  })
})

describe('the sites', () => {
  it('fetch a URL of the public Internet, or never fetch at all, as the table says of each', () => {
    expect(report.fetched).toEqual(Object.fromEntries(SITES.map(({ name, fetches }) => [name, fetches])))
  })

  it('are all there are: whatever else comes to hold the way out, or to look at documents, has to come into the table', () => {
    expect(usesOfTheWayOut()).toEqual(USES)
  })
})

/** Who holds the way out or makes somebody look, and the sites that try it; the operator's own words are no stranger's. */
const USES: Readonly<Record<string, string>> = {
  'app.ts: Egress': 'hands it on',
  'app.ts: createEgress': 'opens it',
  'cli/doctor.ts: createEgress': 'opens it for the issuer that the operator wrote down',
  'cli/doctor/examine.ts: Egress': 'hands it on',
  'cli/doctor/outside.ts: Egress': 'the issuer that the operator wrote down',
  'dev/demo-fetch.ts: Egress': 'url_fetch-of-the-demo',
  'dev/demo-fetch.ts: egress.get': 'url_fetch-of-the-demo',
  'dev/demo-server.ts: Egress': 'hands it on',
  'dev/start-parts.ts: createEgress': 'opens it for the demo',
  'provider/adapter/document-client.ts: forAuthorization':
    'document-at-authorize, document-at-par, keys-at-authorize, keys-at-par',
  'provider/adapter/document-client.ts: forToken': 'document-behind-a-token-request, keys-at-token, keys-at-revoke',
  'provider/client-documents/fetch-document.ts: Egress': 'documents and keys',
  'provider/client-documents/fetch-document.ts: egress.get': 'documents and keys',
  'provider/client-documents/index.ts: refresher.document': 'by forAuthorization and forToken',
  'provider/client-documents/index.ts: refresher.keys': 'by forAuthorization and forToken',
  'provider/client-documents/refresher.ts: Egress': 'hands it on',
  'provider/client-documents/refresher.ts: fetchDocument': 'by refresher.document',
  'provider/client-documents/refresher.ts: fetchKeys': 'by refresher.keys',
  'provider/index.ts: Egress': 'hands it on',
  'provider/outgoing.ts: Egress': 'what-the-engine-fetches',
  'provider/outgoing.ts: egress.get': 'what-the-engine-fetches',
}

function usesOfTheWayOut(): Readonly<Record<string, string>> {
  const root = fileURLToPath(new URL('../../src/', import.meta.url))
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' })
  const found = paths
    .filter((path) => path.endsWith('.ts') && !path.startsWith('egress/'))
    .flatMap((path) => {
      const text = readFileSync(root + path, 'utf8').replaceAll(/^export .*$/gm, '')
      const calls = [...text.matchAll(CALLS)].map(([, call]) => `${path}: ${call}`)
      const imports = [...text.matchAll(HOLDS)].map(([, names = '']) => names)
      const holds = imports.flatMap((names) => names.match(/\b(?:Egress|createEgress)\b/g) ?? [])
      return [...calls, ...holds.map((name) => `${path}: ${name}`)]
    })
  return Object.fromEntries([...new Set(found)].sort().map((use) => [use, USES[use] ?? 'is in no table']))
}

const CALLS =
  /\b(egress\.get|fetchDocument|fetchKeys|refresher\.document|refresher\.keys|(?<=\.)forAuthorization|(?<=\.)forToken)\(/g
const HOLDS = /^import ([^']*?) from '[^']*\/egress\/index\.ts'/gm
