import type { Check } from '../../check/check.ts'
import { faulty, incomplete, sound } from '../../check/finding.ts'
import { askWithoutToken, isOutage } from '../asking.ts'
import { metadataAddresses } from '../metadata-search.ts'
import type { ServerSubject } from '../subject.ts'
import { documentOf, fetchDocument } from './documents.ts'

export const metadataFound: Check<ServerSubject> = {
  id: 'metadata-found',
  requirement: 'RS-PRM-04',
  title: 'A client finds the protected resource metadata',
  risk: 'No client learns which authorization server to go to: the sign-in never starts.',
  sends:
    'A request without a token, then GET where its challenge points, beside the path, and at the root of the origin.',
  expects: 'A JSON object at one of them.',
  remedies: {
    general:
      'Serve the metadata at /.well-known/oauth-protected-resource followed by the path of the endpoint, and point to it in every challenge. A proxy or a single-page application in front must let that path through.',
    sdk1: 'Mount mcpAuthMetadataRouter at the root of the application.',
    sdk2: 'Answer with oauthMetadataResponse before the MCP handler.',
    fastmcp: 'Use RemoteAuthProvider, and mount its well-known routes at the root of the host.',
    spring: 'Turn on protectedResourceMetadata of oauth2ResourceServer.',
    kit: 'guard.handle answers it; let it see every request of the origin.',
  },
  async run(subject) {
    const { wire, url } = subject
    const addresses = metadataAddresses(url, await askWithoutToken(subject))
    let outage = false
    for (const address of addresses) {
      const answer = await fetchDocument(wire, address)
      if (documentOf(answer) !== undefined) return sound(`it is at ${address}`)
      outage ||= isOutage(answer)
    }
    const where = addresses.join(', ')
    return outage ? incomplete(`the server does not work at present: ${where}`) : faulty(`it is at none of ${where}`)
  },
}
