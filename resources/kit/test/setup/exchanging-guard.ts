import type { Access, DownstreamToken, ExchangeError, ExchangeOptions, ProtectOptions } from '@sallyport/resource'
import { CLIENT_ID, createExchangeIssuer, type ExchangeIssuer } from './exchange-issuer.ts'
import { DOWNSTREAM } from './exchange-rules.ts'
import { type GuardedServer, request, startGuardedServer } from './guarded-server.ts'

/** A guarded server with a client of its own, and its issuer. */
export interface ExchangingGuard extends GuardedServer {
  readonly issuer: ExchangeIssuer
  /** Makes a call with a new token and answers what the server behind the guard was given. */
  arrive(claims?: Record<string, unknown>): Promise<{ access: Access; token: string }>
  /** Exchanges for the downstream API. */
  exchange(access: Access, options?: Partial<ExchangeOptions>): Promise<DownstreamToken>
  /** The error of an exchange that must fail. */
  refusal(access: Access, options?: Partial<ExchangeOptions>): Promise<ExchangeError>
}

export async function startExchangingGuard(options: Partial<ProtectOptions> = {}): Promise<ExchangingGuard> {
  const issuer = await createExchangeIssuer()
  const server = await startGuardedServer(
    { issuer: issuer.issuer },
    {
      client: { id: CLIENT_ID, key: issuer.clientKey },
      clock: () => issuer.now,
      fetch: issuer.fetch,
      ...options,
    },
  )
  const exchange: ExchangingGuard['exchange'] = (access, over) =>
    server.guard.exchange(access, { resource: DOWNSTREAM, ...over })
  return {
    ...server,
    // Said once at every issuer that has no feed, and no news for an exchange.
    get logged() {
      return server.logged.filter(({ code }) => code !== 'SALLYPORT_E_NO_REVOCATIONS')
    },
    issuer,
    exchange,
    arrive: async (claims) => {
      const token = await issuer.sign({ scope: 'mcp:issue:read mcp:issue:create', ...claims })
      await server.post(request('ping'), token)
      const access = server.arrivals.at(-1)?.access
      if (access === undefined) throw new Error('the call did not arrive')
      return { access, token }
    },
    refusal: async (access, over) => {
      const outcome: unknown = await exchange(access, over).catch((error: unknown) => error)
      if (outcome instanceof Error && outcome.name === 'ExchangeError') return outcome as ExchangeError
      throw new Error(`expected an ExchangeError, not ${JSON.stringify(outcome)}`)
    },
  }
}
