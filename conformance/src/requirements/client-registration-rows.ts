import type { Requirement } from './requirement.ts'
import { always, authorization, registration, rfc, since } from './source.ts'

/** What a client says of itself, and to whom its credentials belong. */
export const clientRegistrationRows: readonly Requirement[] = [
  {
    id: 'CL-REG-01',
    role: 'client',
    statement:
      'Where the authorization server takes client metadata documents, the client names its own instead of registering.',
    levels: since('2025-11-25', 'should'),
    source: registration('advertising-cimd-support'),
  },
  {
    id: 'CL-REG-02',
    role: 'client',
    statement: 'A registration says whether it is a native application or one of the web.',
    levels: since('2026-07-28', 'must'),
    source: registration('application-type-and-redirect-uri-constraints'),
  },
  {
    id: 'CL-REG-03',
    role: 'client',
    statement:
      'Credentials of one authorization server are never used at another: where the MCP server names a new one, the client registers anew.',
    levels: since('2026-07-28', 'must'),
    source: registration('authorization-server-binding'),
  },
  {
    id: 'CL-REG-03b',
    role: 'client',
    statement: 'A refresh token goes to nobody but the authorization server that gave it.',
    levels: always('must'),
    source: rfc(6749, '10.4'),
  },
  {
    id: 'CL-REG-04',
    role: 'client',
    statement: 'A client that wants refresh tokens says so when it registers.',
    levels: since('2026-07-28', 'should'),
    source: authorization('refresh-tokens'),
  },
  {
    id: 'CL-TOK-02',
    role: 'client',
    statement: 'At the token endpoint the client authenticates in the one way that it was registered with.',
    levels: since('2025-06-18', 'must'),
    source: rfc(7591, '3.2.1'),
  },
]
