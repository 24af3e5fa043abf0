import { describe, expect, it } from 'vitest'
import { told } from '../../fixtures/as/all.ts'
import { ISSUER_FAULTS, startBrokenIssuer } from '../../fixtures/as/broken/all.ts'
import { startPlainIssuer } from '../../fixtures/as/plain/plain-issuer.ts'
import type { DocumentsWay } from '../../fixtures/as/whole-issuer.ts'
import { CLIENT_PROFILES } from '../../src/quirks/profiles/all.ts'
import { REPLAY_STEPS } from '../../src/quirks/steps/all.ts'
import { examinedOf, type ManyReport } from '../../src/report/many.ts'
import { replayAt } from './replay-at.ts'

/** What stops whom: a fault of the plain server, a client, and the step at which the two meet. */
const STOPS: readonly { readonly fault: string; readonly client: string; readonly step: string }[] = [
  { fault: 'metadata-hidden', client: 'sdk-1', step: 'discover' },
  { fault: 'issuer-with-slash', client: 'sdk-2', step: 'discover' },
  { fault: 'pkce-unsaid', client: 'go-sdk', step: 'discover' },
  { fault: 'registration-dead', client: 'copilot-cli', step: 'register-otherwise' },
  { fault: 'registration-dead', client: 'inspector', step: 'register' },
  { fault: 'loopback-port-fixed', client: 'copilot-cli', step: 'authorize' },
  { fault: 'localhost-port-fixed', client: 'claude-code', step: 'authorize' },
  { fault: 'unknown-scope-fatal', client: 'claude-code', step: 'authorize' },
  { fault: 'iss-missing', client: 'sdk-2', step: 'authorize' },
  { fault: 'state-changed', client: 'vs-code', step: 'authorize' },
  { fault: 'documents-promised', client: 'claude-ai', step: 'authorize' },
  { fault: 'token-type-missing', client: 'opencode', step: 'redeem' },
  { fault: 'resource-is-issuer', client: 'vs-code', step: 'call' },
  { fault: 'refresh-needs-resource', client: 'go-sdk', step: 'refresh' },
  { fault: 'refresh-unforgiving', client: 'claude-code', step: 'refresh-together' },
  { fault: 'step-up-forgets', client: 'sdk-2', step: 'step-up' },
  { fault: 'localhost-port-fixed', client: 'sdk-1', step: 'come-back' },
]

describe('a replay at a server with one fault', () => {
  it.each(STOPS)('$client stops at $step where the server has the fault $fault', async ({ fault, client, step }) => {
    const report = await replayAt(brokenBy(fault), { clients: CLIENT_PROFILES.filter(({ id }) => id === client) })
    expect(stopsOf(report)).toContain(`${client}-${step}`)
  })

  it('is stopped in each of its steps by some fault', () => {
    const stopped = new Set(STOPS.map(({ step }) => step))
    expect(REPLAY_STEPS.map(({ id }) => id).filter((id) => !stopped.has(id))).toEqual([])
  })

  it('goes on where the client does not mind the fault: SDK 1 does not compare the issuer', async () => {
    const clients = CLIENT_PROFILES.filter(({ id }) => id === 'sdk-1')
    const [report] = examinedOf(await replayAt(brokenBy('issuer-with-slash'), { clients }))
    const verdicts = new Map(report?.checks.map(({ id, verdict }) => [id, verdict]))
    expect(['discover', 'authorize', 'call', 'come-back'].map((step) => verdicts.get(`sdk-1-${step}`))).toEqual(
      Array.from({ length: 4 }, () => 'pass'),
    )
  })
})

/** Nothing forbids it: a private scheme is refused, and who asks for the missing scope alone gets that one alone. */
const STOPPED_BY_SOUND = ['claude-code-step-up', 'cursor-register', 'cursor-scheme-register', 'sdk-1-step-up']

it('a plain server that is sound by every check still stops clients, where no specification asks for more', async () => {
  const report = await replayAt(async ({ dispatcher }) => told(await startPlainIssuer({ port: 0, dispatcher })))
  expect(stopsOf(report)).toEqual(STOPPED_BY_SOUND)
  expect(examinedOf(report).map(({ name }) => name)).toEqual(CLIENT_PROFILES.map(({ id }) => id))
})

function brokenBy(name: string) {
  const fault = ISSUER_FAULTS.find((each) => each.name === name)
  if (fault === undefined) throw new Error(`no fault is called ${name}`)
  return async ({ dispatcher }: DocumentsWay) => told(await startBrokenIssuer(fault, { port: 0, dispatcher }))
}

function stopsOf(report: ManyReport): readonly string[] {
  const results = examinedOf(report).flatMap(({ checks }) => checks)
  return results.filter(({ verdict }) => verdict === 'fail' || verdict === 'warn').map(({ id }) => id)
}
