import { createEvidenceWire, createRelay, type EvidenceWire } from '../as/evidence-wire.ts'
import { type MeetAuthorizationServer, meetAuthorizationServer } from '../as/meet-authorization-server.ts'
import type { Exchange } from '../wire/message.ts'
import { openDryWire, requestsInText } from './dry-wire.ts'
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
  const first = openWire(plan.issuer)
  const relay = createRelay(first)
  const facts = await meetAuthorizationServer(relay, { ...plan, documentHost: undefined })
  const steps: PlannedStep[] = [
    {
      check: undefined,
      sends: 'The metadata, at every address where a client looks for it.',
      requests: requestsInText(first.exchanges),
    },
  ]
  for (const check of plan.checks) {
    if (plan.requirements.get(check.requirement)?.levels[plan.spec] === undefined) continue
    if (check.permission !== undefined && !plan.permissions.has(check.permission)) continue
    const wire = openWire(plan.issuer)
    relay.handTo(wire)
    if (check.permission === undefined) await check.run({ ...facts, wire }).catch(() => undefined)
    const seen = new Set<Exchange>(facts.met)
    const sent = wire.exchanges.filter((exchange) => !seen.has(exchange))
    steps.push({ check: check.id, sends: check.sends, requests: requestsInText(sent) })
  }
  return steps
}

function openWire(issuer: string): EvidenceWire {
  const nowhere = { status: 404, headers: [], body: '', truncated: false }
  return createEvidenceWire(openDryWire((request) => answerAsIssuer(request, issuer) ?? nowhere))
}
