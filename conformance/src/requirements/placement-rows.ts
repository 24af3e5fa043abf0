import type { Requirement } from './requirement.ts'
import { always, authorization, bestPractices, rfc, security, since, until } from './source.ts'

/** Where a token may stand, how often it must, and what becomes of it behind the server. */
export const placementRows: readonly Requirement[] = [
  {
    id: 'RS-TOK-01',
    role: 'server',
    statement: 'A token counts in the Authorization header and nowhere else.',
    levels: always('must'),
    source: authorization('token-requirements'),
  },
  {
    id: 'RS-TOK-01b',
    role: 'server',
    statement: 'The name of the scheme counts in any case: `bearer` is `Bearer`.',
    levels: always('should'),
    source: rfc(9110, '11.1'),
  },
  {
    id: 'RS-TOK-02',
    role: 'server',
    statement: 'Every request needs its token: neither a session nor a connection stands for it.',
    levels: always('must'),
    source: authorization('token-requirements'),
  },
  {
    id: 'RS-TOK-10',
    role: 'server',
    statement: 'Handlers and the audit trail know the user, the client and who acts for whom.',
    levels: always('practice'),
    source: rfc(9068, '2.2'),
    notChecked: 'it is about the inside of the server',
  },
  {
    id: 'RS-TOK-11',
    role: 'server',
    statement: 'Lists depend on the token and not on the connection; those that do are not for shared caches.',
    levels: since('2026-07-28', 'should'),
    source: 'https://modelcontextprotocol.io/specification/2026-07-28/changelog',
    notChecked:
      'the official conformance suite examines caching, and a list that is the same for everybody depends on nothing',
  },
  {
    id: 'RS-TR-12',
    role: 'server',
    statement: 'A session belongs to the user who opened it: with the token of another it is not there.',
    levels: until('2025-11-25', 'practice'),
    source: bestPractices('session-hijacking'),
  },
  {
    id: 'RS-DS-01',
    role: 'server',
    statement: 'The token that came in goes to nobody else.',
    levels: since('2025-06-18', 'must'),
    source: security('access-token-privilege-restriction'),
  },
  {
    id: 'RS-DS-02',
    role: 'server',
    statement: 'What is behind the server is called with a token that was issued for it.',
    levels: since('2025-06-18', 'must'),
    source: security('access-token-privilege-restriction'),
  },
  {
    id: 'RS-DS-03',
    role: 'server',
    statement:
      'A token for a downstream is kept for one user, resource and set of scopes, and no longer than the token it came from.',
    levels: since('2025-06-18', 'practice'),
    source: rfc(8693, '2.2.1'),
    notChecked: 'it is about a cache inside the server',
  },
  {
    id: 'RS-DS-04',
    role: 'server',
    statement:
      'A server that is one fixed client towards another authorization server asks for consent per client of its own.',
    levels: since('2025-06-18', 'must'),
    source: security('confused-deputy-problem'),
    notChecked: 'the server is then an authorization server too: `as` mode asks that side',
  },
  {
    id: 'RS-DS-05',
    role: 'server',
    statement:
      'A URL that asks the user for credentials of a third party holds no secret, and serves only the user of the token.',
    levels: since('2025-11-25', 'practice'),
    source: 'https://modelcontextprotocol.io/specification/2025-11-25/client/elicitation#url-mode-elicitation-requests',
    notChecked: 'it needs a tool that asks for such credentials, and two signed-in browsers',
  },
]
