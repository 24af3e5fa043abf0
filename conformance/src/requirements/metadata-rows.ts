import type { Requirement } from './requirement.ts'
import { authorization, discovery, rfc, since } from './source.ts'

/** Protected resource metadata: what a server says of itself and where. */
export const metadataRows: readonly Requirement[] = [
  {
    id: 'RS-PRM-01',
    role: 'server',
    statement: 'Protected resource metadata is a JSON object, answered with 200 and a JSON media type.',
    levels: since('2025-06-18', 'must'),
    source: rfc(9728, '3.2'),
  },
  {
    id: 'RS-PRM-02',
    role: 'server',
    statement: 'The metadata names at least one authorization server.',
    levels: since('2025-06-18', 'must'),
    source: discovery('authorization-server-location'),
  },
  {
    id: 'RS-PRM-02b',
    role: 'server',
    statement: 'An authorization server that the metadata names can be found: it has metadata of its own.',
    levels: since('2025-06-18', 'must'),
    source: discovery('authorization-server-metadata-discovery'),
  },
  {
    id: 'RS-PRM-03',
    role: 'server',
    statement: 'The identifier in the metadata is the URL that the client used to reach the server.',
    levels: since('2025-06-18', 'must'),
    source: rfc(9728, '3.3'),
  },
  {
    id: 'RS-PRM-04',
    role: 'server',
    statement: 'A client finds the metadata: by the challenge, or at a well-known address.',
    levels: since('2025-06-18', 'must'),
    source: discovery('protected-resource-metadata-discovery-requirements'),
  },
  {
    id: 'RS-PRM-04b',
    role: 'server',
    statement:
      'The metadata is wherever real clients look: beside the path too, and a document at the root of the origin, if there is one, describes this server.',
    levels: since('2025-06-18', 'practice'),
    source: rfc(9728, '3.1'),
  },
  {
    id: 'RS-PRM-05',
    role: 'server',
    statement:
      'The metadata is the same with a slash at the end, answers HEAD, and may be read by a page of any origin.',
    levels: since('2025-06-18', 'practice'),
    source: rfc(9728, '3.1'),
  },
  {
    id: 'RS-PRM-06',
    role: 'server',
    statement: 'The scopes in the metadata are those needed to begin, not every scope there is.',
    levels: since('2025-11-25', 'should'),
    source: authorization('scope-selection-strategy'),
    notChecked: 'which scopes are needed to begin is known to the author of the server alone',
  },
  {
    id: 'RS-PRM-07',
    role: 'server',
    statement:
      'Neither the metadata nor a challenge asks for `offline_access`: whether there are refresh tokens is no matter of the resource.',
    levels: since('2026-07-28', 'should'),
    source: authorization('refresh-tokens'),
  },
  {
    id: 'RS-PRM-08',
    role: 'server',
    statement:
      'Ways to present a token that the metadata lists are those the server has, and the header is among them.',
    levels: since('2025-06-18', 'should'),
    source: rfc(9728, '2'),
  },
  {
    id: 'RS-PRM-09',
    role: 'server',
    statement: 'Signed metadata, where there is any, verifies and wins over the plain members.',
    levels: since('2025-06-18', 'practice'),
    source: rfc(9728, '2.2'),
    notChecked:
      'no client of MCP reads signed metadata, and whom to trust for the signature is agreed outside the protocol',
  },
  {
    id: 'RS-PRM-10',
    role: 'server',
    statement: 'The issuer that the metadata names is, byte for byte, the one that its own metadata states.',
    levels: since('2025-06-18', 'practice'),
    source: rfc(8414, '3.3'),
  },
]
