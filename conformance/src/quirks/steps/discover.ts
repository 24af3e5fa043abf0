import { faulty, sound } from '../../check/finding.ts'
import { isRecord } from '../../mcp/json-rpc.ts'
import type { AuthorizationServer } from '../../oauth/authorization-server.ts'
import { endpointOf, listedIn } from '../../oauth/authorization-server.ts'
import { issuerAddresses } from '../../oauth/find-authorization-server.ts'
import { jsonOf } from '../../wire/message.ts'
import type { Replay } from '../replay.ts'
import type { ReplayStep } from '../step.ts'

export const discover: ReplayStep = {
  id: 'discover',
  requirement: 'AS-DISC-02',
  title: 'It finds the metadata where it looks, and can read it',
  remedy: 'Serve the metadata at every spelling of its address, under the issuer letter by letter, with S256 in it.',
  run: async (replay) => {
    const { profile, issuer, held } = replay
    const found = await lookThrough(replay)
    if (found === undefined) return faulty(`no metadata at ${profile.discovery.order.length} addresses`)
    const dislike = dislikeOf(found, profile.discovery.comparesIssuer ? issuer : undefined)
    if (dislike !== undefined) return faulty(dislike)
    held.server = found
    return sound(found.url)
  },
}

async function lookThrough({ profile, issuer, wire }: Replay): Promise<AuthorizationServer | undefined> {
  for (const url of issuerAddresses(issuer, profile.discovery.order)) {
    const answer = await wire.send({ method: 'GET', url, headers: [['accept', 'application/json']] })
    const metadata = answer.status === 200 ? jsonOf(answer) : undefined
    if (isRecord(metadata)) return { issuer, url, metadata }
  }
  return undefined
}

/** What every one of these clients turns metadata away for. */
function dislikeOf(server: AuthorizationServer, issuer: string | undefined): string | undefined {
  const { metadata } = server
  if (issuer !== undefined && metadata.issuer !== issuer)
    return `the metadata calls itself ${String(metadata.issuer)}, and it looked for ${issuer}`
  for (const member of ['authorization_endpoint', 'token_endpoint'] as const) {
    if (endpointOf(server, member) === undefined) return `the metadata names no ${member}`
  }
  const methods = listedIn(server, 'code_challenge_methods_supported')
  return methods.includes('S256') ? undefined : 'the metadata does not offer PKCE with S256'
}
