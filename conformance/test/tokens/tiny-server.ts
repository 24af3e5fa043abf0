import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHostileIssuer } from '../../src/issuer/create-hostile-issuer.ts'
import type { HostileIssuer } from '../../src/issuer/hostile-issuer.ts'
import { createSpeaker } from '../../src/mcp/http-speaker.ts'
import type { Revision } from '../../src/mcp/revision.ts'
import type { ServerSubject } from '../../src/server/subject.ts'
import { createPace } from '../../src/wire/pace.ts'
import { createWires } from '../../src/wire/wire.ts'
import { isGood, type Json, type Rules, readCandidate, soundRules } from './rules.ts'

/** What a server answers to a token: 200 is the list of tools, everything else a refusal or a failure. */
export type Judge = (token: string | undefined, trust: { issuer: HostileIssuer; audience: string }) => Promise<number>

export interface Bench {
  readonly subject: ServerSubject
  readonly issuer: HostileIssuer
  close(): Promise<void>
}

/** Starts an issuer and a server that trusts it, and makes the subject that checks ask. */
export async function startBench(judge: Judge, change: Partial<ServerSubject> = {}): Promise<Bench> {
  const issuer = await createHostileIssuer()
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/tenant/mcp`
  server.on('request', async (request, response) => {
    const status = await judge(bearerOf(request), { issuer, audience: url }).catch(() => 500)
    response.writeHead(status, { 'content-type': 'application/json' })
    const result = { jsonrpc: '2.0', id: 1, result: { tools: [] } }
    response.end(JSON.stringify(status === 200 ? result : { error: 'invalid_token' }))
  })
  const wires = createWires({
    pace: createPace({ requestsPerSecond: 10_000, budget: 1_000 }),
    timeoutMs: 10_000,
    userAgent: 'test',
  })
  const subject = await subjectOf({ url, issuer, wire: wires.open(), revision: '2026-07-28' })
  return {
    subject: { ...subject, ...change },
    issuer,
    async close() {
      await wires.close()
      server.closeAllConnections()
      server.close()
      await issuer.close()
    },
  }
}

async function subjectOf(found: {
  url: string
  issuer: HostileIssuer
  wire: ServerSubject['wire']
  revision: Revision
}): Promise<ServerSubject> {
  const { url, issuer, wire, revision } = found
  return {
    url,
    profile: 'started',
    wire,
    mcp: createSpeaker(url, revision),
    issuer,
    audience: url,
    metadata: undefined,
    acceptedToken: await issuer.mint(url, { claims: { scope: 'mcp:read' } }),
    whyNoToken: undefined,
    scopes: ['mcp:read'],
    allowedCalls: [],
    downstream: undefined,
  }
}

/** A server that verifies tokens by rules; keys are fetched once per unknown key id, at most once in a long time. */
export function jwtServer(fault: Partial<Rules> = {}, { cooldown = true } = {}): Judge {
  const rules = { ...soundRules, ...fault }
  let keys: readonly Json[] | undefined
  let lookedAgain = false
  return async (token, { issuer, audience }) => {
    if (token === undefined) return 401
    try {
      const candidate = readCandidate(token, rules.parse)
      const isKnown = keys?.some(({ kid }) => kid === candidate.header.kid) === true
      if (keys === undefined || (!isKnown && !(lookedAgain && cooldown))) {
        lookedAgain = keys !== undefined
        const answer = await fetch(issuer.jwksUri)
        if (!answer.ok) return 503
        keys = ((await answer.json()) as { keys: Json[] }).keys
      }
      return (await isGood(candidate, { issuer: issuer.issuer, audience, keys }, rules)) ? 200 : 401
    } catch {
      return 401
    }
  }
}

function bearerOf({ headers }: IncomingMessage): string | undefined {
  return headers.authorization?.match(/^Bearer (\S+)$/i)?.[1]
}
