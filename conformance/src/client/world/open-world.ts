import type { IncomingMessage, ServerResponse } from 'node:http'
import { headersOf, readBody, startWebServer } from '../../listener/web-server.ts'
import { isRecord } from '../../mcp/json-rpc.ts'
import { type Header, headerOf, type WireAnswer } from '../../wire/message.ts'
import type { Answer, Asked, Behaviours, PartyName, Place, World, WorldChange } from './behaviours.ts'
import { ISSUER_BEHAVIOURS } from './issuer-behaviours.ts'
import { answerAt, placeOf } from './places.ts'
import type { Visited } from './record.ts'
import { SERVER_BEHAVIOURS } from './server-behaviours.ts'

/** All that a sound world does. */
export const SOUND: Behaviours = { ...SERVER_BEHAVIOURS, ...ISSUER_BEHAVIOURS }

const PARTIES: readonly PartyName[] = ['server', 'issuer', 'other']
/** Clients send forms and messages; what is larger is cut. */
const MAX_REQUEST_BYTES = 256 * 1024

export interface RunningWorld extends World {
  readonly requests: readonly Visited[]
  close(): Promise<void>
}

/**
 * Opens a world on this machine.
 * @param canary path of a file that does not exist
 * @param onRequest is told of each request once it was answered
 */
export async function openWorld(change: WorldChange, canary: string, onRequest: () => void): Promise<RunningWorld> {
  const does: Behaviours = { ...SOUND, ...change.patch(SOUND) }
  const requests: Visited[] = []
  const start = async (party: PartyName) => {
    // Nobody knows an address before the world is whole.
    const server = await startWebServer({}, async (message, response, origin) => {
      await serve(message, response, { party, origin, world, requests })
      onRequest()
    })
    return { party, ...server }
  }
  const parties = await Promise.all(PARTIES.map(start))
  const originOf = (party: PartyName): string => parties.find((each) => each.party === party)?.origin ?? ''
  const world: World = {
    server: `${originOf('server')}/mcp`,
    issuer: `${originOf('issuer')}${does.issuerPath}`,
    other: originOf('other'),
    canary,
    memory: { clients: new Map(), codes: new Map(), accessTokens: new Map(), refreshTokens: new Map(), carried: 0 },
    does,
  }
  return {
    ...world,
    requests,
    async close() {
      await Promise.all(parties.map(({ close }) => close()))
    },
  }
}

interface Serving {
  readonly party: PartyName
  readonly origin: string
  readonly world: World
  readonly requests: Visited[]
}

async function serve(message: IncomingMessage, response: ServerResponse, serving: Serving): Promise<void> {
  const { party, origin, world, requests } = serving
  const asked = await readRequest(message, party, origin)
  const place = placeOf(asked, world)
  const answer = written(answerAt(place, asked, world))
  requests.push(visitedOf(asked, place, answer))
  response.writeHead(answer.status, Object.fromEntries(answer.headers))
  response.end(answer.body)
}

async function readRequest(message: IncomingMessage, party: PartyName, origin: string): Promise<Asked> {
  const body = await readBody(message, MAX_REQUEST_BYTES)
  const url = new URL(message.url ?? '/', origin)
  const headers = headersOf(message)
  const method = message.method ?? 'GET'
  const isForm = headerOf({ headers }, 'content-type')?.toLowerCase().startsWith('application/x-www-form-urlencoded')
  const parameters = isForm === true ? new URLSearchParams(body) : url.searchParams
  return { party, method, url, headers, body, parameters, json: readJson(body) }
}

function visitedOf(asked: Asked, place: Place, answer: WireAnswer): Visited {
  const { party, method, url, headers, body, parameters, json } = asked
  const request = { method, url: url.href, headers, ...(body === '' ? {} : { body }) }
  return { party, place, request, answer, parameters, json }
}

function written({ status, headers = {}, body }: Answer): WireAnswer {
  const isText = typeof body === 'string'
  const type: readonly Header[] =
    body === undefined ? [] : [['content-type', isText ? 'text/plain' : 'application/json']]
  const text = body === undefined ? '' : isText ? body : JSON.stringify(body)
  return { status, headers: [...type, ...Object.entries(headers)], body: text, truncated: false }
}

function readJson(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body)
    return isRecord(value) ? value : {}
  } catch {
    return {}
  }
}
