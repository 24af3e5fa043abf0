import { faulty, incomplete, sound } from '../../check/finding.ts'
import { SOUND_WORLD } from '../meet-client.ts'
import type { Scenario } from '../scenario.ts'
import { bearerTokenOf } from '../world/bearer-token.ts'
import { after, at, everywhere, tokenRequests, type Visited } from '../world/record.ts'

const REMEDIES = {
  general:
    'Set the Authorization header of every request to the MCP server, GET and DELETE included, and put the token nowhere else.',
}

export const tokenInHeaderAlone: Scenario = {
  id: 'client-token-in-header-alone',
  requirement: 'CL-TOK-01',
  title: 'The token stands in the Authorization header and nowhere else',
  risk: 'URLs and bodies are kept in logs and histories: whoever reads them has the token.',
  sends: 'Nothing hostile: a whole flow.',
  expects: 'No request has the token in its URL or its body.',
  remedies: REMEDIES,
  world: SOUND_WORLD,
  judge(visit) {
    const tokens = [...visit.world.memory.accessTokens.keys()]
    const elsewhere = everywhere(visit, 'endpoint').find(({ request }) =>
      tokens.some((token) => request.url.includes(token) || request.body?.includes(token) === true),
    )
    if (elsewhere !== undefined)
      return { finding: faulty('the token is in the URL or the body'), decisive: [elsewhere] }
    return { finding: sound('the token is in headers alone') }
  },
}

export const tokenWithEveryRequest: Scenario = {
  id: 'client-token-with-every-request',
  requirement: 'CL-TOK-01',
  title: 'Every request to the MCP server has the token',
  risk: 'The server refuses what has none, or takes it for the request of whoever opened the session.',
  sends: 'Nothing hostile: a whole flow.',
  expects: 'After the first accepted request, none without the token.',
  remedies: REMEDIES,
  world: SOUND_WORLD,
  judge(visit) {
    const first = at(visit, 'server', 'endpoint').find(
      ({ request, answer }) => isCarried(request) && answer.status < 300,
    )
    if (first === undefined) return { finding: incomplete('no request had a token') }
    const rest = after(visit, first).filter(({ place }) => place === 'endpoint')
    const bare = rest.find(({ request }) => !isCarried(request))
    return bare === undefined
      ? { finding: sound(`${rest.length + 1} requests, each with the token`) }
      : { finding: faulty('a later request has no token'), decisive: [bare] }
  },
}

export const tokenNotRedirected: Scenario = {
  id: 'client-token-not-redirected',
  requirement: 'CL-TOK-01b',
  title: 'A redirect does not take the token to another origin',
  risk: 'A server that can be made to redirect, or that was taken over, hands the token to a stranger.',
  sends: '307 to another origin, for every request to the MCP server that has a token.',
  expects: 'Nothing with the token arrives there.',
  remedies: {
    general:
      'Do not follow redirects of the MCP server to another origin, or drop the Authorization header when you do.',
    sdk1: 'From 1.32 on redirects are followed within the origin alone; a fetch of your own must do the same.',
    sdk2: "redirectPolicy: 'same-origin' is what it does unless told otherwise.",
  },
  world: {
    name: 'endpoint-redirects',
    patch: (usual) => ({
      endpoint: (asked, world) =>
        asked.party === 'server' && bearerTokenOf(asked) !== undefined
          ? { status: 307, headers: { location: `${world.other}/mcp` } }
          : usual.endpoint(asked, world),
    }),
  },
  judge(visit) {
    const redirected = at(visit, 'server', 'endpoint').find(({ answer }) => answer.status === 307)
    if (redirected === undefined) return { finding: incomplete('it never came with a token') }
    const tokens = [...visit.world.memory.accessTokens.keys()]
    const arrived = visit.requests.find(({ party, request }) => party === 'other' && carries(request, tokens))
    return arrived === undefined
      ? { finding: sound('the token did not arrive there') }
      : { finding: faulty('the token arrived at the other origin'), decisive: [redirected, arrived] }
  },
}

export const codeNotRedirected: Scenario = {
  id: 'client-code-not-redirected',
  requirement: 'CL-TOK-06',
  title: 'A redirect does not take the code to another origin',
  risk: 'Code, verifier and secret reach a stranger, who redeems them.',
  sends: '307 to another origin for the token request.',
  expects: 'Nothing arrives there.',
  remedies: {
    general: 'Send token requests without following redirects.',
    sdk1: 'From 1.32 on redirects are followed within the origin alone; a fetch of your own must do the same.',
    sdk2: "redirectPolicy: 'same-origin' is what it does unless told otherwise.",
  },
  world: {
    name: 'token-endpoint-redirects',
    patch: (usual) => ({
      token: (asked, world) =>
        asked.party === 'issuer'
          ? { status: 307, headers: { location: `${world.other}/token` } }
          : usual.token(asked, world),
    }),
  },
  judge(visit) {
    const [redirected] = tokenRequests(visit, 'authorization_code')
    if (redirected === undefined) return { finding: incomplete('it redeemed no code') }
    const [arrived] = at(visit, 'other', 'token')
    return arrived === undefined
      ? { finding: sound('it did not follow') }
      : { finding: faulty('the token request arrived at the other origin'), decisive: [redirected, arrived] }
  },
}

function carries(request: Visited['request'], tokens: readonly string[]): boolean {
  const texts = [request.url, request.body ?? '', ...request.headers.map(([, value]) => value)]
  return tokens.some((token) => texts.some((text) => text.includes(token)))
}

function isCarried(request: Visited['request']): boolean {
  return bearerTokenOf(request) !== undefined
}
