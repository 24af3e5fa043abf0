import type { Check } from '../../check/check.ts'
import { doubtful, type Finding, faulty, incomplete, notApplicable, sound } from '../../check/finding.ts'
import type { Wire } from '../../wire/wire.ts'
import { askWithoutToken, isLoopback, isOutage } from '../asking.ts'
import { bearerParameters } from '../challenge.ts'
import { documentOf, fetchDocument } from '../discovery/documents.ts'
import type { ServerSubject } from '../subject.ts'
import { collectRefusals, unauthorizedOf, withChallenge } from './refusals.ts'

const PARAMETER = 'resource_metadata'

const REMEDIES = {
  general:
    'Add resource_metadata="<absolute URL of the metadata>" to the challenge of every 401, built from the public URL of the server.',
  sdk1: 'Pass resourceMetadataUrl: getOAuthProtectedResourceMetadataUrl(url) to requireBearerAuth.',
  sdk2: 'Pass resourceMetadataUrl to requireBearerAuth.',
  fastmcp: 'Give RemoteAuthProvider the public base_url of the server.',
  kit: 'It is always there; set `resource` to the public URL.',
  spring:
    'Spring Security 7 adds it, and points to the root of the origin: set the resource of the metadata by its customizer, or from 7.1 `setResourceMetadataParameterResolver` of the entry point; before 7, write an entry point of your own.',
}

export const challengeNamesMetadata: Check<ServerSubject> = {
  id: 'challenge-names-metadata',
  requirement: 'RS-401-02',
  title: 'Every 401 says where the metadata is',
  risk: 'ChatGPT does not begin without it, and clients of 2025-06-18 read nothing else; newer ones have to guess, and some guess at the root alone.',
  sends: 'tools/list without a token, and with one that is none.',
  expects: '`resource_metadata` in the challenge of both refusals.',
  remedies: REMEDIES,
  async run(subject) {
    const all = unauthorizedOf(await collectRefusals(subject))
    const refusals = all.filter(([, answer]) => bearerParameters(answer) !== undefined)
    if (refusals.length === 0) return incomplete('no Bearer challenge to look at')
    const without = refusals.find(([, answer]) => !bearerParameters(answer)?.has(PARAMETER))
    return without === undefined ? sound('in every refusal') : faulty(`the 401 ${without[0]} does not name it`)
  },
}

export const challengeMetadataResolves: Check<ServerSubject> = {
  id: 'challenge-metadata-resolves',
  requirement: 'RS-401-02b',
  title: 'The metadata is where the challenge says',
  risk: 'A client follows the challenge to nowhere, or over a connection that anybody can change to name an authorization server of theirs.',
  sends: 'tools/list without a token, then GET of the address in its challenge.',
  expects: 'An absolute https URL, or http on loopback, that answers with a JSON object.',
  remedies: REMEDIES,
  async run(subject) {
    return withChallenge(await askWithoutToken(subject), (parameters) => {
      const address = parameters.get(PARAMETER)
      if (address === undefined) return notApplicable('the challenge does not name it')
      return judgeAddress(subject, address) ?? resolve(subject.wire, address)
    })
  },
}

function judgeAddress({ url }: ServerSubject, address: string): Finding | undefined {
  if (!URL.canParse(address)) return faulty(`no absolute URL: ${address}`)
  const target = new URL(address)
  if (target.protocol === 'https:' || (target.protocol === 'http:' && isLoopback(target))) return undefined
  // A server that is itself reached without TLS is on somebody's own network; how it is published is not seen here.
  return target.protocol === 'http:' && url.startsWith('http:') ? undefined : faulty(`without TLS: ${address}`)
}

async function resolve(wire: Wire, address: string): Promise<Finding> {
  const answer = await fetchDocument(wire, address)
  if (documentOf(answer) !== undefined) return sound(address)
  if (isOutage(answer) || answer.status === 429) return incomplete(`${address} answers ${answer.status} at present`)
  if (answer.status >= 300 && answer.status < 400) return doubtful(`${address} redirects; not every client follows`)
  return faulty(`${address} answers ${answer.status} and no JSON object`)
}
