import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { inspect } from 'node:util'
import { expect } from 'vitest'
import type { Figures } from '../canary/index.ts'
import { changedTables, createTableCounts } from './changed-tables.ts'

/** What one refusal was, with the id by which the operator finds out why. */
interface Refusal {
  readonly request: string
  readonly status: number
  readonly id: string
  /** Tables that it changed; undefined where nobody looked. */
  readonly changed: readonly string[] | undefined
}

/** Every refusal of one server. */
export interface Refusals {
  /** Stands between the server and whoever asks it. */
  watch(handle: RequestListener): RequestListener
  /**
   * @param logged what the operator was told
   * @returns how many were judged
   * @throws when a refusal is not among it, or one of an attack changed something
   */
  judge(logged: readonly { readonly level: string; readonly detail: unknown }[]): Pick<Figures, 'refusals' | 'harmless'>
  close(): Promise<void>
}

/** What may change although the request is refused: what is counted and told, and what was shown once is known from then on. */
const MAY_CHANGE: readonly { readonly request: RegExp; readonly tables: readonly string[] }[] = [
  { request: /./, tables: ['limits', 'leases', 'audit_events', 'replays'] },
  // What a host publishes is kept, whoever made us look.
  { request: /./, tables: ['client_documents', 'client_document_versions'] },
  // A code or refresh token that comes again ends its family.
  { request: /^POST \S*\/token$/, tables: ['grants'] },
  // A pushed request counts once, also where nobody is asked.
  { request: /^GET \S*\/authorize$/, tables: ['pushed_requests'] },
  // A passkey whose counter went back was copied: it is suspended.
  { request: /^POST \S*\/sign-in$/, tables: ['passkeys'] },
]

function isHarm(request: string): (table: string) => boolean {
  const allowed = MAY_CHANGE.filter((rule) => rule.request.test(request)).flatMap(({ tables }) => tables)
  return (table) => !allowed.includes(table)
}

// Requests to all servers of a test file: some share a database.
let crowd = { begun: 0, underWay: 0 }

/** Another test file begins: what the one before has left open is none of its requests. */
export function forgetRequests(): void {
  crowd = { begun: 0, underWay: 0 }
}

/** @param databaseUrl undefined where changes are not looked for */
export function createRefusals(databaseUrl: string | undefined): Refusals {
  const refusals: Refusal[] = []
  const counts = databaseUrl === undefined ? undefined : createTableCounts(databaseUrl)
  return {
    watch: (handle) => async (req, res) => {
      const own = crowd
      own.begun += 1
      const number = own.begun
      const isAlone = own.underWay === 0
      own.underWay += 1
      res.once('close', () => {
        own.underWay -= 1
      })
      const before = isAlone && isAttack() ? await counts?.read() : undefined
      beforeEnd(res, async (body) => {
        const refusal = refusalIn(req, res, body)
        if (refusal === undefined) return
        const after = before === undefined ? undefined : await counts?.read()
        const isSure = before !== undefined && after !== undefined && own.begun === number
        const changed = isSure ? changedTables(before, after) : undefined
        refusals.push({ ...refusal, changed: changed?.filter(isHarm(refusal.request)) })
      })
      handle(req, res)
    },
    judge(logged) {
      refuse('Refusals that the log does not tell', refusals.filter(isUntoldIn(logged)))
      refuse(
        'Refusals that changed a table',
        refusals.filter(({ changed }) => (changed?.length ?? 0) > 0),
      )
      const harmless = refusals.filter(({ changed }) => changed !== undefined).length
      return { refusals: refusals.length, harmless }
    },
    close: async () => counts?.close(),
  }
}

function isAttack(): boolean {
  return /\bA\d{2,3}\b/.test(expect.getState().currentTestName ?? '')
}

function beforeEnd(res: ServerResponse, look: (body: string) => Promise<void>): void {
  const end = res.end
  Object.assign(res, {
    end: (...args: unknown[]) => {
      void look(String(args[0])).finally(() => Reflect.apply(end, res, args))
      return res
    },
  })
}

function refusalIn(req: IncomingMessage, res: ServerResponse, body: string): Omit<Refusal, 'changed'> | undefined {
  const id = res.getHeader('x-correlation-id')
  if (typeof id !== 'string' || !isRefused(res, body)) return undefined
  // Whoever broke off hears nothing.
  if (req.errored !== null || (req.destroyed && !req.complete)) return undefined
  return { request: `${req.method} ${(req.url ?? '').split('?', 1).join()}`, status: res.statusCode, id }
}

function isRefused(res: ServerResponse, body: string): boolean {
  const location = String(res.getHeader('location'))
  if (res.statusCode < 400) return /[?&#]error=/.test(location) && !/[?&]code=/.test(location)
  // A form that is shown again, because something in it was left out, is none.
  const isPage = String(res.getHeader('content-type')).includes('html')
  return !isPage || body.includes('SALLYPORT_E_')
}

// Anyone can cause these as often as they like: the log says how many there were.
const COUNTED = [429, 503]

/** The levels that an operator sees who set none. */
const SEEN = ['info', 'warn', 'error']

function isUntoldIn(logged: readonly { readonly level: string; readonly detail: unknown }[]) {
  const seen = logged.filter(({ level }) => SEEN.includes(level))
  const told = new Set(seen.flatMap(({ detail }) => inspect(detail, { depth: 2 }).match(/req_[\w-]+/g) ?? []))
  return ({ status, id }: Refusal): boolean => !COUNTED.includes(status) && !told.has(id)
}

function refuse(what: string, found: readonly Refusal[]): void {
  if (found.length === 0) return
  const kinds = found.map(({ request, status, changed = [] }) => `${status} to ${request} ${changed.join(' ')}`.trim())
  throw new Error(`${what}: ${[...new Set(kinds)].join(', ')}.`)
}
