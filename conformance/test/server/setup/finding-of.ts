import type { Check } from '../../../src/check/check.ts'
import type { Finding } from '../../../src/check/finding.ts'
import { createHostileIssuer } from '../../../src/issuer/create-hostile-issuer.ts'
import { createSpeaker } from '../../../src/mcp/http-speaker.ts'
import { meetServer } from '../../../src/server/meet-server.ts'
import type { ServerSubject } from '../../../src/server/subject.ts'
import { createPace } from '../../../src/wire/pace.ts'
import { createWires } from '../../../src/wire/wire.ts'
import { type Behaviour, startSmallServer } from './small-server.ts'

/**
 * What checks find about a small server, asked one after the other as a run does.
 * @param change what the server does other than a sound one
 * @returns the finding of each check by its id
 */
export async function findingsOf(
  checks: readonly Check<ServerSubject>[],
  change: Partial<Behaviour> = {},
  allowedTools: readonly string[] = ['write'],
): Promise<ReadonlyMap<string, Finding>> {
  const issuer = await createHostileIssuer()
  const server = await startSmallServer(issuer, change)
  const wires = createWires({
    pace: createPace({ requestsPerSecond: 10_000, budget: 1_000 }),
    timeoutMs: 10_000,
    userAgent: 'sallyport-examine/test',
  })
  try {
    const { facts } = await meetServer(wires.open(), {
      url: server.url,
      profile: 'trusting',
      issuer,
      token: undefined,
      audience: undefined,
      spec: undefined,
      scopes: ['notes:read', 'notes:write'],
      allowedCalls: allowedTools.map((tool) => ({ tool, args: {} })),
      downstream: undefined,
      tools: 'none',
    })
    const found = new Map<string, Finding>()
    for (const check of checks) {
      const mcp = createSpeaker(server.url, facts.mcp.revision)
      found.set(check.id, await check.run({ ...facts, mcp, wire: wires.open() }))
    }
    return found
  } finally {
    await wires.close()
    await server.close()
    await issuer.close()
  }
}

/** Ids of the checks that found a fault. */
export function faultyIn(found: ReadonlyMap<string, Finding>): readonly string[] {
  return [...found].filter(([, { kind }]) => kind === 'faulty').map(([id]) => id)
}

/** Ids of those that neither were satisfied nor had nothing to say. */
export function unsoundIn(found: ReadonlyMap<string, Finding>): readonly string[] {
  return [...found]
    .filter(([, { kind }]) => kind !== 'sound' && kind !== 'not-applicable')
    .map(([id, { kind, detail }]) => `${id} ${kind}: ${detail}`)
}
