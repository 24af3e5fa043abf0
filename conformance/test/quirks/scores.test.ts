import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { OTHER_ISSUERS } from '../../fixtures/as/others/all.ts'
import type { WholeIssuer } from '../../fixtures/as/whole-issuer.ts'
import { committedScores, realPrograms, SCORES_FILE, type ServerScores } from '../../fixtures/quirks/scores.ts'
import type { ClientProfile } from '../../src/quirks/profile.ts'
import { CLIENT_PROFILES } from '../../src/quirks/profiles/all.ts'
import { scoreOf } from '../../src/quirks/score.ts'
import { examinedOf, type ManyReport } from '../../src/report/many.ts'
import type { ReplayClients } from '../../src/run/replay-clients.ts'
import { SALLYPORT } from '../as/setup/sallyport.ts'
import { replayAt } from './replay-at.ts'

const RUN_MS = 300_000

/** What an operator would say of a server beside what its fixture says: which scopes are those of the MCP server. */
const TOLD: Readonly<Record<string, Partial<ReplayClients>>> = { 'oidc-provider-for-mcp': { scopes: ['notes:read'] } }

const reports = new Map<string, ManyReport>()

beforeAll(async () => {
  for (const { name, start } of [SALLYPORT, ...OTHER_ISSUERS]) reports.set(name, await replayAt(start, TOLD[name]))
}, RUN_MS)

describe('at our own server', () => {
  it.each(CLIENT_PROFILES)('$name gets through every step that it takes', ({ id }) => {
    const results = resultsOf(SALLYPORT.name, id)
    const words = results.map(({ id: step, verdict, detail }) => `${step} ${verdict}: ${detail}`)
    expect(words.filter((_, at) => !/^(?:pass|not-applicable)$/.test(results[at]?.verdict ?? ''))).toEqual([])
  })

  it.each(CLIENT_PROFILES)('$name takes every step but those that it is not known to take', (profile) => {
    const skipped = resultsOf(SALLYPORT.name, profile.id).filter(({ verdict }) => verdict === 'not-applicable')
    expect(skipped.map(({ id }) => id)).toEqual(stepsNotTaken(profile).map((step) => `${profile.id}-${step}`))
  })
})

describe('the committed scores', () => {
  it('are what the replays come to at every server', async () => {
    const found = [SALLYPORT, ...OTHER_ISSUERS].map(scoresOf)
    if (process.env.UPDATE_SCORES === '1') await writeFile(SCORES_FILE, `${JSON.stringify(found, undefined, 2)}\n`)
    expect(committedScores()).toEqual(found)
  })
})

describe('the list of real programs', () => {
  it.each(realPrograms())('names a client that there is, and a test that there is: $client', ({ client, test }) => {
    expect(CLIENT_PROFILES.map(({ id }) => id)).toContain(client)
    expect(existsSync(new URL(`../../../${test}`, import.meta.url))).toBe(true)
  })
})

function stepsNotTaken({ identities, refreshesTogether, stepUp }: ClientProfile): readonly string[] {
  const ways = new Set(identities.map(({ way }) => way))
  return [
    ...(ways.size === 2 ? [] : ['register-otherwise']),
    ...(refreshesTogether ? [] : ['refresh-together']),
    ...(stepUp === undefined ? ['step-up'] : []),
  ]
}

function resultsOf(server: string, client: string) {
  const report = reports.get(server)
  return report === undefined ? [] : (examinedOf(report).find(({ name }) => name === client)?.checks ?? [])
}

function scoresOf({ name, says }: Pick<WholeIssuer, 'name' | 'says'>): ServerScores {
  const report = reports.get(name)
  const clients = (report === undefined ? [] : examinedOf(report)).map(({ name: client, summary, checks }) => {
    const stepsWith = (wanted: string): readonly string[] =>
      checks.filter(({ verdict }) => verdict === wanted).map(({ id }) => id.slice(client.length + 1))
    return [client, { ...scoreOf(summary), stops: stepsWith('fail'), warns: stepsWith('warn') }] as const
  })
  return { server: name, says, clients: Object.fromEntries(clients) }
}
