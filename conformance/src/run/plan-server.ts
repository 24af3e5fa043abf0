import type { Downstream } from '../downstream/downstream.ts'
import { readCompact } from '../issuer/compact.ts'
import { createHostileIssuer } from '../issuer/create-hostile-issuer.ts'
import type { HostileIssuer } from '../issuer/hostile-issuer.ts'
import { STATELESS_SINCE } from '../mcp/revision.ts'
import { meetServer } from '../server/meet-server.ts'
import type { TokensFor } from '../server/real-tokens.ts'
import type { DownstreamPart } from '../server/subject.ts'
import { createMemory, type Memory } from '../wire/memory.ts'
import type { Wire } from '../wire/wire.ts'
import { openDryWire, requestsInText } from './dry-wire.ts'
import type { ExamineServer } from './examine-server.ts'
import { answerAsSound, type StandIn } from './stand-in.ts'
import { answerAsIssuer } from './stand-in-issuer.ts'

/** What a run would send for one purpose. */
export interface PlannedStep {
  /** Id of the check; undefined for what precedes the first. */
  readonly check: string | undefined
  /** What is sent, in words, which cover what depends on answers. */
  readonly sends: string
  /** The requests that a sound server would be sent, redacted, in the text of HTTP. */
  readonly requests: readonly string[]
}

/** What a planned run is asked for; nothing of it is sent. */
export type PlanServer = Pick<
  ExamineServer,
  | 'url'
  | 'profile'
  | 'audience'
  | 'spec'
  | 'scopes'
  | 'allowedCalls'
  | 'tools'
  | 'permissions'
  | 'checks'
  | 'requirements'
  | 'openTokens'
> & {
  /** The issuer that the operator named, for a sign-in. */
  readonly signInAt?: string | undefined
  /** Calls that reach the downstream, which is not there. */
  readonly downstream: Pick<DownstreamPart, 'calls'> | undefined
}

/** Stands for the issuer that only the metadata of the server names. */
const ISSUER_TO_COME = 'https://issuer.invalid'
/** Stands for the real token of a `live` run, which a plan does not need. */
const TOKEN_TO_COME = 'token-to-come'

/** Nothing reaches it. */
const NOBODY: Downstream = {
  url: 'http://127.0.0.1/downstream',
  reached: [],
  setRefusing: () => undefined,
  close: async () => undefined,
}

/**
 * Lists the requests of a run without sending any: every check runs against a stand-in that answers as a sound server
 * would, inside this process.
 */
export async function planServer(plan: PlanServer): Promise<readonly PlannedStep[]> {
  const real = await createHostileIssuer()
  const { profile, spec: revision = STATELESS_SINCE, signInAt = ISSUER_TO_COME } = plan
  const accepted = new Set([TOKEN_TO_COME])
  const issuer = profile === 'live' ? undefined : rememberSound(real, plan.url, accepted)
  const memory = createMemory()
  const standIn: StandIn = {
    url: plan.url,
    revision,
    issuer: signInAt,
    isAccepted: (token) => accepted.has(token) || isReal(token, signInAt, plan.url),
  }
  try {
    const first = openWire(standIn, memory)
    const signIn = openWire(standIn, memory)
    const { openTokens } = plan
    const token = profile === 'live' && openTokens === undefined ? TOKEN_TO_COME : undefined
    const source = openTokens && { openTokens: (_: Wire, target: TokensFor) => openTokens(signIn, target) }
    const downstream = toNobody(plan.downstream)
    const { facts } = await meetServer(first, { ...plan, issuer, token, downstream, openTokens: undefined, ...source })
    const steps: PlannedStep[] = [
      {
        check: undefined,
        sends: 'What a client asks before it signs in, and with which token the server is content.',
        requests: requestsInText(first.exchanges),
      },
    ]
    for (const check of plan.checks) {
      if (plan.requirements.get(check.requirement)?.levels[revision] === undefined) continue
      if (check.permission !== undefined && !plan.permissions.has(check.permission)) continue
      const wire = openWire(standIn, memory)
      // What waits or repeats is told in words: its waiting is of no use here.
      if (check.permission === undefined || check.permission === 'effects')
        await run(() => check.run({ ...facts, wire }))
      steps.push({ check: check.id, sends: check.sends, requests: requestsInText(wire.exchanges) })
    }
    if (openTokens !== undefined)
      steps.splice(1, 0, { check: undefined, sends: SIGN_IN_IN_WORDS, requests: requestsInText(signIn.exchanges) })
    return steps
  } finally {
    await real.close()
  }
}

const SIGN_IN_IN_WORDS =
  'The sign-in at the issuer, as at one that registers clients and shows one form; consent is given where it is asked for, a stored login is refreshed instead, and later checks ask for more tokens: with fewer scopes, for another server, to be revoked. --login browser and device leave the forms to the person.'

/** Of the stand-in for the issuer, and for this server. */
function isReal(token: string, issuer: string, url: string): boolean {
  const claims = readCompact(token)?.claims
  return claims?.iss === issuer && claims.aud === url
}

/** A check that stumbles over the stand-in has sent what it sent before; the words tell the rest. */
async function run(check: () => Promise<unknown>): Promise<void> {
  try {
    await check()
  } catch {
    // See above.
  }
}

function toNobody(downstream: PlanServer['downstream']): DownstreamPart | undefined {
  return downstream && { ...downstream, service: NOBODY, audience: NOBODY.url }
}

/** Knows sound tokens by how they were asked for: for this server, and with no other change than scopes. */
function rememberSound(issuer: HostileIssuer, url: string, accepted: Set<string>): HostileIssuer {
  return {
    ...issuer,
    issuer: issuer.issuer,
    async mint(audience, change = {}) {
      const token = await issuer.mint(audience, change)
      const { claims = {}, ...rest } = change
      const onlyScope = Object.keys(claims).every((name) => name === 'scope') && Object.keys(rest).length === 0
      if (audience === url && onlyScope) accepted.add(token)
      return token
    },
  }
}

/** What an earlier step has asked is not told again: it is not sent again. */
function openWire(standIn: StandIn, memory: Memory): Wire {
  return openDryWire((request) => answerAsIssuer(request, standIn.issuer) ?? answerAsSound(request, standIn), memory)
}
