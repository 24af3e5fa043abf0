import type { ClientProfile } from '../profile.ts'
import { registration, sdk1 } from './sdk-1.ts'

export const sdk2: ClientProfile = {
  ...sdk1,
  id: 'sdk-2',
  name: 'TypeScript SDK 2.x',
  sources: [
    {
      url: 'https://www.npmjs.com/package/@modelcontextprotocol/client/v/2.4.0',
      says: 'its code: application_type by the redirect URIs, offline_access where it is listed and prompt=consent with it, the issuer compared in metadata and answers, a step-up for the union',
    },
    { url: 'https://github.com/PrefectHQ/fastmcp/issues/4265', says: 'parallel calls refresh at once' },
  ],
  differs:
    'Compares the issuer in the metadata and in each answer. Asks for offline_access where it is listed, and then for consent each time. Steps up for the union, and again where a token response states no scope.',
  discovery: { ...sdk1.discovery, comparesIssuer: true },
  identities: [registration({ application_type: 'native' })],
  scope: { asks: 'resource', offlineAccess: 'if-listed', prompts: true },
  checksIss: true,
  stepUp: { asks: 'union', refreshesFirst: false },
}
