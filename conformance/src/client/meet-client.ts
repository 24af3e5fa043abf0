import { isRecord } from '../mcp/json-rpc.ts'
import { isRevision, type Revision } from '../mcp/revision.ts'
import { headerOf } from '../wire/message.ts'
import type { Acquaintance } from './subject.ts'
import { bearerTokenOf } from './world/bearer-token.ts'
import type { WorldChange } from './world/behaviours.ts'
import { at, everywhere, tokenRequests, type Visit, type Visited } from './world/record.ts'

/** Where nobody is hostile. */
export const SOUND_WORLD: WorldChange = { name: 'sound', patch: () => ({}) }
/** The same, for what has to be another each time. */
export const SOUND_AGAIN: WorldChange = { name: 'sound-again', patch: () => ({}) }

/** What is judged by when a client never says which revision it speaks. */
const LATEST: Revision = '2026-07-28'
const LAST_LINES = 400

/** Judges whether a client came through the sound world, which is what every other world is compared with. */
export function acquaint(visit: Visit): Acquaintance {
  const accepted = at(visit, 'server', 'endpoint').some((visited) => isAnsweredWithToken(visited))
  return accepted ? { kind: 'complete', visit } : { kind: 'incomplete', why: whyNot(visit) }
}

/** The revision that a client spoke: its last request says best what was agreed. */
export function revisionOf(visit: Visit): Revision {
  const spoken = at(visit, 'server', 'endpoint').flatMap((visited) => {
    const named = [headerOf(visited.request, 'mcp-protocol-version'), inMessage(visited)]
    return named.filter(isRevision)
  })
  return spoken.at(-1) ?? LATEST
}

/** How the run of a client ended, in words. */
export function endingInWords({ ending }: Visit): string {
  switch (ending.kind) {
    case 'exited':
      return `it ended with ${ending.code ?? 'a signal'}`
    case 'quiet':
      return 'it sent nothing more and was ended'
    case 'timeout':
      return 'it was ended at the end of its time'
    case 'flood':
      return 'it was ended because it asked without end'
    default:
      return ending satisfies never
  }
}

function isAnsweredWithToken({ request, answer }: Visited): boolean {
  return bearerTokenOf(request) !== undefined && answer.status >= 200 && answer.status < 300
}

function whyNot(visit: Visit): string {
  const words = visit.output.trim().slice(-LAST_LINES)
  return `the client did not come through where nobody is hostile: ${stepOf(visit)}; ${endingInWords(visit)}${words === '' ? '' : `; it said: ${words}`}`
}

function stepOf(visit: Visit): string {
  if (visit.requests.length === 0) return 'it sent no request at all'
  if (at(visit, 'server', 'endpoint').length === 0) return 'it never asked the MCP server'
  if (everywhere(visit, 'resource-metadata').length === 0) return 'it did not read the metadata of the server'
  if (everywhere(visit, 'issuer-metadata').length === 0)
    return 'it did not read the metadata of the authorization server'
  if (everywhere(visit, 'authorize').length === 0) return 'nobody opened its authorization request'
  if (tokenRequests(visit, 'authorization_code').length === 0) return 'it did not redeem the code'
  return 'it did not come back to the MCP server with the token'
}

function inMessage({ json }: Visited): unknown {
  const params = isRecord(json.params) ? json.params : {}
  const meta = isRecord(params._meta) ? params._meta : {}
  return (
    meta['io.modelcontextprotocol/protocolVersion'] ??
    (json.method === 'initialize' ? params.protocolVersion : undefined)
  )
}
