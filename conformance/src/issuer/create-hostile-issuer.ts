import { startListener } from '../listener/listener.ts'
import type { WebServerOptions } from '../listener/web-server.ts'
import type { WireRequest } from '../wire/message.ts'
import { createExchangeDesk } from './exchange.ts'
import type { HostileIssuer, MintChange } from './hostile-issuer.ts'
import { createTokenLedger } from './introspection.ts'
import { createIssuerEndpoints, type IssuerEndpoints } from './issuer-endpoints.ts'
import { createKeyRing } from './issuer-keys.ts'
import { mintToken } from './mint.ts'

export interface HostileIssuerOptions extends WebServerOptions {
  /** Path of the issuer identifier, such as `/tenant`. */
  readonly path?: string
  /** Key id of the signing key, to share it with another issuer. */
  readonly kid?: string
}

/** A subject that asks without end must not fill the examiner's memory. */
const MAX_REMEMBERED = 2_000

/**
 * Starts an issuer on this machine.
 * @throws what `listen` throws: the port is in use, the address is not ours
 */
export async function createHostileIssuer(options: HostileIssuerOptions = {}): Promise<HostileIssuer> {
  const { path = '', kid } = options
  const asked: WireRequest[] = []
  // Its own address is part of what it answers, and known once it listens.
  let endpoints: IssuerEndpoints | undefined
  const { origin, close } = await startListener(options, (request) => {
    if (asked.length < MAX_REMEMBERED) asked.push(request)
    return endpoints?.answer(request) ?? { status: 503, body: {} }
  })
  const issuer = `${origin}${path}`
  const keys = createKeyRing(kid)
  const ledger = createTokenLedger(issuer)
  const mint = (audience: string, change: MintChange = {}): string => {
    const minted = mintToken({ issuer, keys, now: nowSeconds() }, audience, change)
    ledger.record(minted, change)
    return minted.token
  }
  const desk = createExchangeDesk({ introspect: (token) => ledger.introspect(token, nowSeconds()), mint })
  let reachable = true
  endpoints = createIssuerEndpoints(issuer, {
    keySet: () => keys.published(),
    introspect: (token) => ledger.introspect(token, nowSeconds()),
    exchange: desk.answer,
    reachable: () => reachable,
  })
  return {
    issuer,
    jwksUri: endpoints.jwksUri,
    asked,
    exchanges: desk.exchanges,
    get publicKey() {
      return keys.current.publicJwk
    },
    strangerKey: keys.stranger.publicJwk,
    mint: async (audience, change) => mint(audience, change),
    revoke: (token) => ledger.revoke(token),
    setReachable(value) {
      reachable = value
    },
    setExchanging: desk.setOpen,
    withdraw: (kid) => keys.withdraw(kid),
    async rotate() {
      keys.rotate()
    },
    close,
  }
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000)
}
