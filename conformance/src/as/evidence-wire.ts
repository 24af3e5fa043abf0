import type { Exchange } from '../wire/message.ts'
import type { Wire } from '../wire/wire.ts'

/** A wire of one check that also shows what an earlier one sent, where its finding rests on that. */
export interface EvidenceWire extends Wire {
  cite(earlier: readonly Exchange[]): void
}

export function createEvidenceWire(inner: Wire): EvidenceWire {
  const exchanges: Exchange[] = []
  let taken = 0
  const take = (): void => {
    exchanges.push(...inner.exchanges.slice(taken))
    taken = inner.exchanges.length
  }
  return {
    exchanges,
    send: (request, options) => inner.send(request, options).finally(take),
    sendTogether: (requests) => inner.sendTogether(requests).finally(take),
    hold: (...args) => inner.hold(...args).finally(take),
    once: (question, ask, options) => inner.once(question, ask, options).finally(take),
    cite: (earlier) => void exchanges.push(...earlier.filter((each) => !exchanges.includes(each))),
  }
}

/** The wire of whichever check runs: a browser that keeps its cookies outlives the checks, and each pays for its own requests. */
export interface Relay extends EvidenceWire {
  handTo(wire: EvidenceWire): void
}

export function createRelay(first: EvidenceWire): Relay {
  let current = first
  return {
    get exchanges() {
      return current.exchanges
    },
    send: (request, options) => current.send(request, options),
    sendTogether: (requests) => current.sendTogether(requests),
    hold: (...args) => current.hold(...args),
    once: (question, ask, options) => current.once(question, ask, options),
    cite: (earlier) => current.cite(earlier),
    handTo(wire) {
      current = wire
    },
  }
}
