import type { Check } from '../../check/check.ts'
import { faulty, incomplete, sound } from '../../check/finding.ts'
import { headerOf, type WireAnswer } from '../../wire/message.ts'
import type { ServerSubject } from '../subject.ts'
import { documentOf, fetchDocument, isJsonType, wellKnownOf } from './documents.ts'

export const metadataJson: Check<ServerSubject> = {
  id: 'metadata-json',
  requirement: 'RS-PRM-01',
  title: 'The metadata is JSON, and says so',
  risk: 'Clients that look at the media type, or that parse a page of HTML, give up without a word to the user.',
  sends: 'GET of the metadata.',
  expects: '200, Content-Type: application/json, and an object.',
  remedies: {
    general:
      'Answer with Content-Type: application/json. Where a page of HTML comes, a catch-all route for a web application stands before the route of the metadata.',
    sdk1: 'mcpAuthMetadataRouter answers JSON: look for a catch-all route or a page of the site that is mounted before it.',
    sdk2: 'oauthMetadataResponse and mcpAuthMetadataRouter answer JSON: look for what answers before them.',
    fastmcp:
      'RemoteAuthProvider answers JSON: see that the routes of a site it is mounted in do not come first; mount `get_well_known_routes()` at the root.',
    spring:
      'OAuth2ProtectedResourceMetadataFilter (7.0) answers JSON: see that no other SecurityFilterChain and no controller has the path first.',
    kit: 'The guard answers JSON: put its adapter before the routes of the site.',
  },
  async run({ wire, url, metadata }) {
    const answer = await fetchDocument(wire, metadata?.url ?? wellKnownOf(url).beside)
    if (answer.status !== 200) return incomplete(`no metadata was found to look at (${answer.status})`)
    if (documentOf(answer) === undefined) return faulty(`200 with ${typeOf(answer)}, and no JSON object in it`)
    return isJsonType(answer) ? sound(typeOf(answer)) : faulty(`the object came as ${typeOf(answer)}`)
  },
}

function typeOf(answer: WireAnswer): string {
  return headerOf(answer, 'content-type') ?? 'no Content-Type'
}
