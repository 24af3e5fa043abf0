// The whole table against a server in this process, where every attempt to connect is counted. It answers its parent once.
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createListener } from 'node:net'
import { createApp } from '../../src/app.ts'
import { createEgress } from '../../src/egress/index.ts'
import { createMetrics } from '../../src/metrics/index.ts'
import { openStore } from '../../src/store/index.ts'
import { type PlainSettings, settingsFrom } from '../contest/server-processes.ts'
import { onConnect } from '../egress/connections.ts'
import { CLOSED_TO_ALL, PUBLIC_ADDRESS, startDocumentHost, TEST_ROOT } from '../setup/document-host.ts'
import { createHurriedClock } from '../setup/hurried-clock.ts'
import { SSRF_INPUTS, type SsrfInput } from './inputs.ts'
import { type Ground, SITES, type Site, TABLE } from './sites.ts'

/** Requests under way: enough that those which wait for their time wait together. */
const AT_ONCE = 100
const TRIES = 20
const KEEP_ALIVE_MS = 300_000
const CONTROL_PATH = 'control'
/** Every so many-th input warms everything up that a first time costs: caches, pools, compiled code. */
const WARM_UP_EVERY = 6

/** What came of the table. */
export interface TableReport {
  readonly inputs: number
  readonly sites: readonly string[]
  readonly attempts: number
  /** Attempts to connect to anything but the public host, by what was asked. */
  readonly connects: readonly string[]
  /** Connections that arrived where every refused name would have led. */
  readonly reached: number
  /** Requests that the public host saw beyond the one for the URL itself. */
  readonly followed: readonly string[]
  /** By site, whether a URL of the public Internet was fetched. */
  readonly fetched: Readonly<Record<string, boolean>>
  /** By site, every answer that there was. */
  readonly answers: Readonly<Record<string, readonly string[]>>
  readonly heapGrowthBytes: number
}

process.once('message', (message) => {
  void run(message as PlainSettings).then((report) => process.send?.(report, () => process.exit()))
})
process.once('disconnect', () => process.exit())

const tried: { port: number; host: string }[] = []
onConnect((args) => tried.push(targetOf(args)))

/** Where a connection is to go, in each of the forms that it may be asked for in. */
function targetOf(args: readonly unknown[]): { port: number; host: string } {
  const [first, second] = Array.isArray(args[0]) ? args[0] : args
  if (typeof first !== 'object') return { host: String(second), port: Number(first) }
  const { host = '', port = 0 } = first as { host?: string; port?: number }
  return { host, port: Number(port) }
}

async function run(plain: PlainSettings): Promise<TableReport> {
  const settings = settingsFrom(plain)
  const host = await startDocumentHost()
  let reached = 0
  const inside = createListener((socket) => {
    reached += 1
    socket.destroy()
  })
  await new Promise<void>((resolve) => inside.listen(0, '127.0.0.1', resolve))
  const egress = createEgress({
    ...{ resolve: namesLeading(host.port, portOf(inside)), ca: [TEST_ROOT] },
    settings: CLOSED_TO_ALL,
  })
  const store = openStore({ databaseUrl: plain.databaseUrl, poolSize: plain.databasePoolSize })
  const { observers } = createMetrics()
  const log = () => undefined
  const http = createServer(
    (await createApp({ settings, store, log, egress, observers, ticks: createHurriedClock() })).handle,
  )
  // A connection that closes just when a request is sent on it is no finding.
  http.keepAliveTimeout = KEEP_ALIVE_MS
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${portOf(http)}`
  const ground: Ground = { origin, store, host, egress, clientId: await register(origin) }
  const fetched = await tryControls(ground)
  const answers = new Map<string, Set<string>>(SITES.map(({ name }) => [name, new Set()]))
  const warmUp = TABLE.filter((_, number) => number % WARM_UP_EVERY === 0)
  let number = 0
  const attempt = async ({ input, site }: { input: SsrfInput; site: Site }, round: string): Promise<void> => {
    number += 1
    const url = input.url(`${site.name}-${round}`)
    serveRedirect(ground, input, url)
    // What leads elsewhere the second time has to be asked twice.
    for (const _ of input.looks ?? [[]]) {
      const answer = await untilThereIsRoom(site, () => site.attempt(ground, url, number))
      if (answer !== undefined) answers.get(site.name)?.add(answer)
      number += 1
    }
  }
  await inParallel(warmUp, (each) => attempt(each, 'warm'))
  const before = heapBytes()
  await inParallel(TABLE, (each) => attempt(each, 'counted'))
  const heapGrowthBytes = heapBytes() - before
  const ours = new Set([portOf(http), host.port, Number(new URL(plain.databaseUrl).port)])
  return {
    inputs: SSRF_INPUTS.length,
    sites: SITES.map(({ name }) => name),
    attempts: TABLE.length,
    connects: tried.filter(({ port }) => !ours.has(port)).map(({ host: to, port }) => `${to}:${port}`),
    reached,
    followed: host.requests.filter((request) => !/\.json$/.test(request)),
    fetched,
    answers: Object.fromEntries(
      [...answers].map(([name, seen]) => [name, [...seen].map((text) => text.slice(0, 300))]),
    ),
    heapGrowthBytes,
  }
}

/** On a machine that is busy the server sheds some, and the pool of the table has no room: neither is what is tried here. */
async function untilThereIsRoom(
  { answers503 = false }: Site,
  attempt: () => Promise<string | undefined>,
): Promise<string | undefined> {
  const noRoom = answers503 ? /^429|SALLYPORT_E_OVERLOADED/ : /^(?:429|503)/
  for (let time = 1; ; time += 1) {
    try {
      const answer = await attempt()
      if (time === TRIES || !noRoom.test(answer ?? '')) return answer
    } catch (error) {
      if (time === TRIES) throw error
    }
    await pause(1_000)
  }
}

/** Refused names lead to a listener of this process: who connects although it is refused is seen to arrive. */
function namesLeading(publicPort: number, insidePort: number) {
  const asked = new Map<string, number>()
  const looksOf = new Map(SSRF_INPUTS.map(({ url, looks }) => [hostOf(url('x')), looks]))
  return async (hostname: string) => {
    const times = asked.get(hostname) ?? 0
    asked.set(hostname, times + 1)
    const looks = looksOf.get(hostname) ?? [[PUBLIC_ADDRESS]]
    // By turns, because each place is tried with the same name.
    const addresses = looks[times % looks.length] ?? []
    return addresses.map((address) => ({
      address,
      reachedAt: { address: '127.0.0.1', port: address === PUBLIC_ADDRESS ? publicPort : insidePort },
    }))
  }
}

function hostOf(url: string): string {
  return URL.parse(url)?.hostname ?? ''
}

function serveRedirect({ host }: Ground, { redirect }: SsrfInput, url: string): void {
  if (redirect === undefined) return
  const { status, location } = redirect
  host.answer(
    url,
    (_req, res) => void res.writeHead(status, { Location: location, Refresh: `0;url=${location}` }).end(),
  )
}

/** A URL of the public Internet at each place: what fetches it can be told from what never does. */
async function tryControls(ground: Ground): Promise<Record<string, boolean>> {
  const fetched: Record<string, boolean> = {}
  for (const [number, site] of SITES.entries()) {
    const path = `${CONTROL_PATH}/${site.name}.json`
    await site.attempt(ground, `https://client.example/${path}`, number)
    // What is fetched behind a request arrives after its answer.
    for (let wait = 0; wait < 100 && site.fetches && !wasAsked(ground, path); wait += 1) await pause(50)
    fetched[site.name] = wasAsked(ground, path)
  }
  return fetched
}

function wasAsked({ host }: Ground, path: string): boolean {
  return host.requests.includes(`client.example/${path}`)
}

async function register(origin: string): Promise<string> {
  const response = await fetch(`${origin}/register`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ redirect_uris: ['https://client.example/callback'], token_endpoint_auth_method: 'none' }),
  })
  const { client_id: clientId }: { client_id?: string } = await response.json()
  if (clientId === undefined) throw new Error('the table needs a client')
  return clientId
}

async function inParallel<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const left = [...items]
  const worker = async (): Promise<void> => {
    for (let item = left.pop(); item !== undefined; item = left.pop()) await work(item)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  // What is fetched behind requests comes to its end.
  await pause(3_000)
}

function heapBytes(): number {
  // Twice: what the first one finds dead may have held more.
  globalThis.gc?.()
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

function portOf(server: { address(): AddressInfo | string | null }): number {
  return (server.address() as AddressInfo).port
}
