import type { Requirement } from './requirement.ts'
import { always, authorization, bestPractices, rfc, security, since } from './source.ts'

/** Scopes that a client asks for, and what it does with tokens. */
export const clientTokenRows: readonly Requirement[] = [
  {
    id: 'CL-SC-01',
    role: 'client',
    statement: 'The client asks for the scopes of the challenge, else for those of the metadata, else for none.',
    levels: since('2025-11-25', 'should'),
    source: authorization('scope-selection-strategy'),
  },
  {
    id: 'CL-SC-02',
    role: 'client',
    statement: 'A client that is refused for want of a scope asks for it, and gives up after a few times.',
    levels: since('2025-11-25', 'should'),
    source: authorization('step-up-authorization-flow'),
  },
  {
    id: 'CL-SC-02b',
    role: 'client',
    statement: 'When it asks for more scopes, the client asks for those it has as well.',
    levels: since('2026-07-28', 'should'),
    source: authorization('step-up-authorization-flow'),
  },
  {
    id: 'CL-SC-03',
    role: 'client',
    statement: 'The client asks for `offline_access` only where the authorization server lists it.',
    levels: since('2026-07-28', 'should'),
    source: authorization('refresh-tokens'),
  },
  {
    id: 'CL-TOK-01',
    role: 'client',
    statement:
      'Every request to the MCP server has the token in its Authorization header, and none has it anywhere else.',
    levels: always('must'),
    source: authorization('token-requirements'),
  },
  {
    id: 'CL-TOK-01b',
    role: 'client',
    statement: 'A token reaches nobody but the server it is for.',
    levels: always('must'),
    source: rfc(6750, '5.3'),
  },
  {
    id: 'CL-TOK-03',
    role: 'client',
    statement: 'Tokens are stored so that nobody else reads them.',
    levels: always('must'),
    source: security('token-theft'),
    notChecked: 'where a client keeps what it was given is not seen from the network',
  },
  {
    id: 'CL-TOK-04',
    role: 'client',
    statement: 'When its access token no longer counts, the client uses the refresh token before it asks the user.',
    levels: always('practice'),
    source: rfc(6749, '6'),
  },
  {
    id: 'CL-TOK-05',
    role: 'client',
    statement: 'A new refresh token takes the place of the one before.',
    levels: always('must'),
    source: rfc(6749, '6'),
  },
  {
    id: 'CL-TOK-06',
    role: 'client',
    statement:
      'A code, its verifier and a secret go to the token endpoint alone: a redirect from there is not followed to another origin.',
    levels: always('practice'),
    source: rfc(9700, '4.12'),
  },
  {
    id: 'CL-EXT-01',
    role: 'client',
    statement: 'Clients without a user, of an enterprise and with bound tokens follow their extensions.',
    levels: since('2025-11-25', 'practice'),
    source: 'https://modelcontextprotocol.io/extensions/auth/overview',
    notChecked: 'the extensions are optional, and the examiner has no flow for them',
  },
  {
    id: 'CL-LOC-01',
    role: 'client',
    statement: 'Before it installs a local server, the client shows the whole command and asks.',
    levels: since('2025-11-25', 'must'),
    source: bestPractices('local-mcp-server-compromise'),
    notChecked: 'what is shown to the user is not seen from the network',
  },
  {
    id: 'CL-LOC-02',
    role: 'client',
    statement: 'A proxy that a client opens on its machine asks for a token and looks at Host and Origin.',
    levels: since('2025-11-25', 'practice'),
    source: bestPractices('local-mcp-server-compromise'),
    notChecked: 'ports that a client opens for itself are not looked for: the examiner scans nothing',
  },
]
