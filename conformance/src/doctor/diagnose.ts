import { redactExchanges } from '../report/redaction.ts'
import { BudgetSpentError, createPace } from '../wire/pace.ts'
import { createWires, type WireOptions } from '../wire/wire.ts'
import { type Cause, causeOf } from './cause.ts'
import { type Step, stop } from './step.ts'
import { type Walk, type Walked, walkAsClient } from './walk/walk.ts'

export interface Diagnose extends Omit<Walk, 'tell'> {
  readonly limits: { readonly requestsPerSecond: number; readonly budget: number; readonly timeoutMs: number }
  readonly userAgent: string
  readonly ca: WireOptions['ca'] | undefined
  /** Each step as it happens; redacted. */
  readonly onStep: (step: Step) => void
}

/** What came of one walk. */
export interface Diagnosis {
  readonly target: string
  /** Undefined when nothing stops clients. */
  readonly cause: Cause | undefined
  readonly steps: readonly Step[]
  readonly walked: Walked
}

/** Walks the flow as a client would, and names what stops it. */
export async function diagnose({ limits, userAgent, ca, onStep, ...walk }: Diagnose): Promise<Diagnosis> {
  const { requestsPerSecond, budget, timeoutMs } = limits
  const pace = createPace({ requestsPerSecond, budget })
  const wires = createWires({ pace, timeoutMs, userAgent, ...(ca === undefined ? {} : { ca }) })
  const wire = wires.open()
  const secrets: string[] = []
  const steps: Step[] = []
  const tell = (step: Step): void => {
    const { text } = redactExchanges(wire.exchanges, secrets)
    const clean = { ...step, saw: text(step.saw), ...(step.change === undefined ? {} : { change: text(step.change) }) }
    steps.push(clean)
    onStep(clean)
  }
  const obtainToken: Walk['obtainToken'] = async (wanted) => {
    const token = await walk.obtainToken(wanted)
    if (token !== undefined) secrets.push(token)
    return token
  }
  try {
    const walked = await walkAsClient(wire, { ...walk, obtainToken, tell })
    return { target: walk.url, cause: causeOf(steps), steps, walked }
  } catch (error) {
    if (!(error instanceof BudgetSpentError)) throw error
    const change = 'Give it a larger --budget: a walk takes some forty requests.'
    tell(stop('budget', { ailment: 'budget-spent', saw: `The walk ended early: ${error.message}.`, change }))
    return { target: walk.url, cause: causeOf(steps), steps, walked: 'ended' }
  } finally {
    await wires.close()
  }
}
