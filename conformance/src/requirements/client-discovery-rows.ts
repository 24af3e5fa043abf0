import type { Requirement } from './requirement.ts'
import { bestPractices, discovery, rfc, since } from './source.ts'

/** How a client finds the authorization server, and what it must not believe on the way. */
export const clientDiscoveryRows: readonly Requirement[] = [
  {
    id: 'CL-DISC-01',
    role: 'client',
    statement: 'The client reads the metadata of the server where the challenge says it is.',
    levels: since('2025-06-18', 'must'),
    source: discovery('protected-resource-metadata-discovery-requirements'),
  },
  {
    id: 'CL-DISC-01b',
    role: 'client',
    statement:
      'Where the challenge names no metadata, the client looks at the well-known address of the path, then at that of the origin.',
    levels: since('2025-11-25', 'must'),
    source: discovery('protected-resource-metadata-discovery-requirements'),
  },
  {
    id: 'CL-DISC-02',
    role: 'client',
    statement: 'The client does not use metadata that describes another resource than the server it asked.',
    levels: since('2025-06-18', 'must'),
    source: rfc(9728, '3.3'),
  },
  {
    id: 'CL-DISC-03',
    role: 'client',
    statement:
      'The client tries the well-known addresses of an issuer in their order, those of OpenID Connect among them.',
    levels: since('2025-11-25', 'must'),
    source: discovery('authorization-server-metadata-discovery'),
  },
  {
    id: 'CL-DISC-04',
    role: 'client',
    statement: 'The client does not use metadata that states another issuer than the one it was fetched for.',
    levels: since('2025-06-18', 'must'),
    source: rfc(8414, '3.3'),
  },
  {
    id: 'CL-DISC-05',
    role: 'client',
    statement:
      'A redirect to another origin is judged like the address itself before the client follows it with a request for metadata.',
    levels: since('2025-11-25', 'should'),
    source: bestPractices('server-side-request-forgery-ssrf'),
  },
  {
    id: 'CL-DISC-05b',
    role: 'client',
    statement: 'The client sends nothing to addresses of private networks that a stranger names.',
    levels: since('2025-11-25', 'should'),
    source: bestPractices('server-side-request-forgery-ssrf'),
    notChecked:
      'only who listens there sees it; the examiner listens on loopback alone, which a client that is examined there has to allow',
  },
  {
    id: 'CL-DISC-06',
    role: 'client',
    statement:
      'The client opens an authorization endpoint only where it is an http or https URL, and never by way of a shell.',
    levels: since('2025-11-25', 'must'),
    source: bestPractices('oauth-authorization-url-validation'),
  },
]
