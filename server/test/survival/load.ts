import { setTimeout as sleep } from 'node:timers/promises'
import { type Chain, FRONT } from '../exchange/chain.ts'
import type { TestServer } from '../setup/authorization-server.ts'
import { createBalancedBrowser } from '../setup/browser.ts'
import { approve, authorization, register } from '../setup/flow.ts'
import { createLedger, type Ledger } from './ledger.ts'
import { createPersistentRequests, type Waiting } from './persistent-requests.ts'

const SCOPE = 'mcp:issue:read'
/** Of every third refresh the token is sent once more, elsewhere: the answer has to be the same (I9). */
const REPEATED_EVERY = 3
/** More than connections are left over, each of which fails one page, from before the last fault. */
const PAGE_TRIES = 25
const PAUSE_MS = 40

/** Clients at work on several processes: families that are refreshed and exchanged without a pause, and codes. */
export interface Load {
  readonly ledger: Ledger
  readonly families: number
  /** Codes of one person, who stays signed in. */
  makeCodes(count: number): Promise<readonly Waiting[]>
  /** Redeems all of them at once, each by turns on the processes until it is decided, and looks whether what it gave works. */
  redeemAll(codes: readonly Waiting[]): Promise<void>
  /** Signing keys whose tokens are refused from now on. */
  readonly endedKeys: Set<string>
  /** How often the person had to sign in. */
  signIns(): number
  stop(): Promise<void>
}

/**
 * @param chain a person signs in at its server, where no fault happens
 * @param servers those that requests may go to at the moment
 * @param options.issuer of these servers: then the person signs in there, too
 */
export async function startLoad(
  { server: home, front }: Chain,
  servers: () => readonly TestServer[],
  { families, issuer }: { families: number; issuer?: string },
): Promise<Load> {
  const ledger = createLedger()
  const endedKeys = new Set<string>()
  const clientId = await register(home)
  const at = (turn: number): TestServer => servers()[turn % servers().length] ?? home
  const requests = createPersistentRequests({ ledger, at, clientId, front, endedKeys })
  const person = createPerson({ ...home, issuer: issuer ?? home.issuer }, clientId, () => {
    return issuer === undefined ? home.origin : at(0).origin
  })
  const { makeCodes } = person
  const stopping = new AbortController()
  const live = async (first: string, family: number): Promise<void> => {
    let token = first
    for (let turn = family; !stopping.signal.aborted; turn += 1) {
      const next = await requests.refresh(token, turn)
      if (next === undefined) return
      if (turn % REPEATED_EVERY === 0) {
        const again = await requests.refresh(token, turn + 1)
        if (again?.refresh_token !== next.refresh_token) ledger.findings.duplicated.push({ next, again })
      }
      token = String(next.refresh_token)
      ledger.noteLife(family)
      await requests.exchange(String(next.access_token), turn + 1)
    }
  }
  const loops: Promise<void>[] = []
  for (const [family, waiting] of (await makeCodes(families)).entries()) {
    const body = await requests.redeem(waiting, family)
    loops.push(live(String(body?.refresh_token), family))
  }
  return {
    ledger,
    families,
    endedKeys,
    ...person,
    async redeemAll(codes) {
      const given = await Promise.all(codes.map((waiting, index) => requests.redeem(waiting, index)))
      for (const body of given) if (body !== undefined) await requests.refresh(String(body.refresh_token), 0)
    },
    async stop() {
      stopping.abort()
      await Promise.all(loops)
    },
  }
}

function createPerson(server: TestServer, clientId: string, at: () => string): Pick<Load, 'makeCodes' | 'signIns'> {
  const browser = createBalancedBrowser(server.issuer, at)
  const place = { origin: server.issuer, issuer: server.issuer }
  let signIns = 0
  // A page that a fault met says to try again, and so does the person.
  const approved = async (tries = PAGE_TRIES): Promise<Waiting> => {
    const request = authorization(server, clientId, { resource: FRONT, scope: SCOPE })
    try {
      const { code, pages } = await approve(place, request, {}, browser)
      signIns += pages.filter(({ url }) => url.endsWith('/sign-in')).length
      if (code === '') throw new Error(`no code: ${pages.at(-1)?.html}`)
      return { request, code }
    } catch (error) {
      if (tries <= 1) throw error
      await sleep(PAUSE_MS)
      return approved(tries - 1)
    }
  }
  return {
    signIns: () => signIns,
    async makeCodes(count) {
      const codes: Waiting[] = []
      while (codes.length < count) codes.push(await approved())
      return codes
    },
  }
}
