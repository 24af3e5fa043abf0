import { createEvidenceWire, createRelay, type EvidenceWire } from '../as/evidence-wire.ts'
import { type MeetAuthorizationServer, meetAuthorizationServer } from '../as/meet-authorization-server.ts'
import { redactExchange } from '../report/redaction.ts'
import type { Exchange } from '../wire/message.ts'
import type { Wire } from '../wire/wire.ts'
import type { ExamineAuthorizationServer } from './examine-as.ts'
import type { PlannedStep } from './plan-server.ts'
import { answerAsIssuer } from './stand-in-issuer.ts'

export type PlanAuthorizationServer = Omit<MeetAuthorizationServer, 'documentHost'> &
  Pick<ExamineAuthorizationServer, 'spec' | 'permissions' | 'checks' | 'requirements'>

/**
 * Lists the requests of a run without sending any: checks run against a stand-in that answers as a sound server would, inside this
 * process. What a person does at its pages is told in words.
 */
export async function planAuthorizationServer(plan: PlanAuthorizationServer): Promise<readonly PlannedStep[]> {
  const first = openDryWire(plan.issuer)
  const relay = createRelay(first)
  const facts = await meetAuthorizationServer(relay, { ...plan, documentHost: undefined })
  const steps: PlannedStep[] = [
    { check: undefined, sends: 'The metadata, at every address where a client looks for it.', requests: textOf(first) },
  ]
  for (const check of plan.checks) {
    if (plan.requirements.get(check.requirement)?.levels[plan.spec] === undefined) continue
    if (check.permission !== undefined && !plan.permissions.has(check.permission)) continue
    const wire = openDryWire(plan.issuer)
    relay.handTo(wire)
    if (check.permission === undefined) await check.run({ ...facts, wire }).catch(() => undefined)
    const seen = new Set<Exchange>(facts.met)
    const sent = wire.exchanges.filter((exchange) => !seen.has(exchange))
    steps.push({ check: check.id, sends: check.sends, requests: sent.map((each) => redactExchange(each).request) })
  }
  return steps
}

function openDryWire(issuer: string): EvidenceWire {
  const exchanges: Exchange[] = []
  const send: Wire['send'] = async (request) => {
    const answer = answerAsIssuer(request, issuer) ?? { status: 404, headers: [], body: '', truncated: false }
    exchanges.push({ request, answer })
    return answer
  }
  return createEvidenceWire({
    exchanges,
    send,
    hold: async (request) => ({ answer: await send(request), ended: true, heldMs: 0, lastMessageMs: undefined }),
    once: (_, ask) => ask(),
    sendTogether: (requests) => Promise.all(requests.map((request) => send(request))),
  })
}

function textOf({ exchanges }: Wire): readonly string[] {
  return exchanges.map((exchange) => redactExchange(exchange).request)
}
