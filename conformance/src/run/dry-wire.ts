import { redactExchange } from '../report/redaction.ts'
import type { Memory } from '../wire/memory.ts'
import type { Exchange, WireAnswer, WireRequest } from '../wire/message.ts'
import type { Wire } from '../wire/wire.ts'

/**
 * A wire that sends nothing.
 * @param answer what a sound subject would answer
 * @param memory of questions that several checks have: what one has asked is not asked again; without it each asks
 */
export function openDryWire(answer: (request: WireRequest) => WireAnswer, memory?: Memory): Wire {
  const exchanges: Exchange[] = []
  const send: Wire['send'] = async (request) => {
    const given = answer(request)
    exchanges.push({ request, answer: given })
    return given
  }
  return {
    exchanges,
    send,
    once: (question, ask, options) =>
      memory === undefined ? ask() : memory.once({ exchanges, show: () => undefined }, question, ask, options),
    sendTogether: (requests) => Promise.all(requests.map((request) => send(request))),
    hold: async (request) => ({ answer: await send(request), ended: true, heldMs: 0, lastMessageMs: undefined }),
  }
}

/** The requests of a wire, redacted, in the text of HTTP. */
export function requestsInText(exchanges: readonly Exchange[]): readonly string[] {
  return exchanges.map((exchange) => redactExchange(exchange).request)
}
