import { isIP } from 'node:net'
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls'
import type { EgressSettings } from '../config/settings.ts'
import { type Destination, judgeDestination, type Trust } from './destination.ts'
import {
  describeFailure,
  type EgressBlock,
  type EgressFailureKind,
  isUnknownAuthority,
  kindOfFailure,
} from './failure.ts'
import { type Opening, openingOfBlock, openingOfFailure, type Stage } from './opening.ts'
import { proxyFrom } from './proxy.ts'
import { type Resolve, type ResolvedAddress, resolveName } from './resolve.ts'
import { type Answer, send } from './send.ts'
import { refuseAddress } from './special-addresses.ts'

export type { Trust } from './destination.ts'
export type { Opening } from './opening.ts'
export type { Resolve, ResolvedAddress } from './resolve.ts'
export type { AnswerHeaders } from './send.ts'

/** How one request is made. */
export interface EgressRequest {
  /** Who wrote the URL down. What a stranger wrote is never taken to the operator's own network. */
  readonly trust: Trust
  /** Value of the Accept header. */
  readonly accept: string
  /** Most bytes of a body; one more and there is no answer. */
  readonly maxBytes: number
  /** For the whole of it: name, connection, TLS, headers, body. */
  readonly timeoutMs: number
  /** Others than those that carry credentials, name the host or steer the connection. */
  readonly headers?: Readonly<Record<string, string>>
}

/** What became of a request. Reasons are for the operator's log: they name addresses and must not reach a stranger. */
export type EgressOutcome =
  | ({ readonly kind: 'answer' } & Answer)
  /** Nothing was connected to: the scheme, the host, the port or the address is not one that may be asked. */
  | ({ readonly kind: 'refused'; readonly reason: string } & Opening)
  /** The network, TLS, the time or the size. */
  | ({ readonly kind: 'failed'; readonly reason: string } & Opening)

/** What became of a request, by a word of a closed list. */
export type EgressEnd = 'answered' | EgressBlock | EgressFailureKind

/** The one way out. */
export interface Egress {
  /**
   * Sends one GET. Redirects are answers like others and never followed; cookies do not exist; each request has its own
   * connection. Never throws for what the URL or the other side does.
   */
  get(url: string, request: EgressRequest): Promise<EgressOutcome>
  /** Ends what is under way; its outcome is `failed`. */
  close(): Promise<void>
}

/**
 * Opens the way out. Resolver and roots are arguments because no setting, file, variable or flag may reach them: whoever
 * answers names decides where the server connects to, and whoever names roots decides whom it believes.
 * @param options.resolve looks names up; what it answers is judged before it is used
 * @param options.ca root certificates in PEM instead of those that Node ships; `settings.ca` is added to either
 * @param options.tell told of the end of each request
 */
export function createEgress(options: {
  resolve?: Resolve
  ca?: readonly string[]
  settings: EgressSettings
  tell?: (end: EgressEnd) => void
}): Egress {
  const { resolve = resolveName, ca = rootCertificates, settings, tell = () => undefined } = options
  const allow = new Set(settings.allow)
  const secureContext = once(() => createSecureContext({ ca: [...ca, ...settings.ca], minVersion: 'TLSv1.2' }))
  const closing = new AbortController()
  return {
    async get(url, request) {
      refuseHeaders(request.headers)
      const { trust, timeoutMs } = request
      const judged = judgeDestination(url, trust, allow)
      if (!judged.ok) {
        const { block, reason, destination } = judged
        tell(block)
        return { kind: 'refused', reason, ...openingOfBlock(block, destination, trust) }
      }
      const { destination } = judged
      const timeout = AbortSignal.timeout(timeoutMs)
      const signal = AbortSignal.any([timeout, closing.signal])
      let stage: Stage = 'name'
      const reached = (further: Stage): void => {
        stage = further
      }
      try {
        const outcome = await orAborted(signal, () =>
          fetchFrom(destination, { ...request, resolve, signal, settings, secureContext: secureContext(), reached }),
        )
        tell(outcome.kind === 'answer' ? 'answered' : 'address')
        return outcome
      } catch (error) {
        const kind = timeout.aborted ? 'timeout' : kindOfFailure(error)
        tell(kind)
        const late = `there was no complete answer within ${timeoutMs} ms`
        const opening = openingOfFailure({ kind, stage, unknownAuthority: isUnknownAuthority(error) }, destination)
        return { kind: 'failed', reason: timeout.aborted ? late : describeFailure(error), ...opening }
      }
    },
    async close() {
      closing.abort()
    },
  }
}

interface Fetch extends EgressRequest {
  readonly resolve: Resolve
  readonly settings: EgressSettings
  readonly secureContext: SecureContext
  readonly signal: AbortSignal
  readonly reached: (stage: Stage) => void
}

async function fetchFrom(destination: Destination, request: Fetch): Promise<EgressOutcome> {
  const { trust, signal, settings, secureContext, maxBytes, timeoutMs, reached } = request
  const addresses = await addressesOf(destination, request.resolve, { trust, signal })
  const reason = destination.allowed ? undefined : refuseAny(destination.hostname, addresses)
  if (reason !== undefined) return { kind: 'refused', reason, ...openingOfBlock('address', destination, trust) }
  reached('connection')
  const onSecure = (): void => reached('answer')
  const proxy = settings.proxy && proxyFrom(settings.proxy.reveal(), secureContext)
  const headers = { ...request.headers, accept: request.accept }
  const ways = { destination, addresses, signal, secureContext, proxy, onSecure }
  const answer = await send({ ...ways, headers, maxBytes, timeoutMs })
  return { kind: 'answer', ...answer }
}

async function addressesOf(
  { hostname }: Destination,
  resolve: Resolve,
  request: Parameters<Resolve>[1],
): Promise<readonly ResolvedAddress[]> {
  // A resolver is not asked for what is an address already, so that none can say it is reached elsewhere.
  return isIP(hostname) === 0 ? resolve(hostname, request) : [{ address: hostname }]
}

/** One bad address among good ones refuses them all: which of them is connected to is not for a name server to choose. */
function refuseAny(hostname: string, addresses: readonly ResolvedAddress[]): string | undefined {
  for (const { address } of addresses) {
    const reason = refuseAddress(address)
    if (reason !== undefined) return `${hostname} leads to ${address}, which ${reason}`
  }
  return undefined
}

/** Names that would carry credentials, or make the other side see another request than this one. */
const NOT_FOR_CALLERS =
  /^(?:cookie|authorization|proxy-.*|host|connection|accept-encoding|content-.*|transfer-encoding)$/i

function refuseHeaders(headers: Readonly<Record<string, string>> = {}): void {
  const name = Object.keys(headers).find((candidate) => NOT_FOR_CALLERS.test(candidate))
  if (name !== undefined) throw new TypeError(`an outgoing request must not carry ${name}`)
}

/** Not every part of a request hears a signal: the system's resolver does not. */
async function orAborted<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
  signal.throwIfAborted()
  const { promise, reject } = Promise.withResolvers<never>()
  const abort = (): void => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([work(), promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
