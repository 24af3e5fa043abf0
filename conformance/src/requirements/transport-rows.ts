import type { Requirement } from './requirement.ts'
import { always, authorization, bestPractices, rfc, sessionTransport, since, transport, until } from './source.ts'

const OFFICIAL = 'it is about the transport and not about authorization: the official conformance suite examines it'

/** Authorization where it meets the transport: origins, headers, streams, older revisions, extensions. */
export const transportRows: readonly Requirement[] = [
  {
    id: 'RS-TR-01',
    role: 'server',
    statement: 'A request from a foreign origin is refused, with 403.',
    levels: always('must'),
    source: transport('security-%26-endpoint'),
  },
  {
    id: 'RS-TR-02',
    role: 'server',
    statement: 'A local server refuses requests under a foreign host name.',
    levels: always('should'),
    source: transport('security-%26-endpoint'),
  },
  {
    id: 'RS-TR-03',
    role: 'server',
    statement: 'The protocol version in the header is the one in the body.',
    levels: since('2026-07-28', 'must'),
    source: transport('protocol-version-header'),
    notChecked: OFFICIAL,
  },
  {
    id: 'RS-TR-04',
    role: 'server',
    statement: 'Method, name and parameters in headers are those of the body, or the request is refused.',
    levels: since('2026-07-28', 'must'),
    source: transport('server-validation'),
  },
  {
    id: 'RS-TR-05',
    role: 'server',
    statement: 'What is allowed is decided by what is executed: no header lets a body through that would be refused.',
    levels: since('2026-07-28', 'must'),
    source: transport('server-validation'),
  },
  {
    id: 'RS-TR-06',
    role: 'server',
    statement: 'A version or a method that the server does not know is refused as the transport says.',
    levels: since('2026-07-28', 'must'),
    source: transport('protocol-version-header'),
    notChecked: OFFICIAL,
  },
  {
    id: 'RS-TR-07',
    role: 'server',
    statement: 'A server without sessions has no GET and DELETE, and ignores what only sessions need.',
    levels: since('2026-07-28', 'should'),
    source: transport('earlier-streamable-http-revisions'),
    notChecked: OFFICIAL,
  },
  {
    id: 'RS-TR-08',
    role: 'server',
    statement: 'There are no sessions: each request says who it is from and all that is needed to answer it.',
    levels: since('2026-07-28', 'must'),
    source: 'https://modelcontextprotocol.io/specification/2026-07-28/changelog',
    notChecked: OFFICIAL,
  },
  {
    id: 'RS-TR-13',
    role: 'server',
    statement: 'An endpoint for old and new clients knows them apart by their first request.',
    levels: since('2026-07-28', 'practice'),
    source: 'https://modelcontextprotocol.io/specification/2026-07-28/basic/versioning',
    notChecked: OFFICIAL,
  },
  {
    id: 'RS-TR-14',
    role: 'server',
    statement: 'An error has the id of the request that it answers.',
    levels: since('2026-07-28', 'must'),
    source: transport('server-validation'),
    notChecked: OFFICIAL,
  },
  {
    id: 'RS-TR-09',
    role: 'server',
    statement: 'A handle of state is no credential: in the hands of another user it opens nothing.',
    levels: since('2026-07-28', 'must'),
    source: bestPractices('state-handle-hijacking'),
    notChecked: 'which arguments of which tools are handles is known to the author of the server alone',
  },
  {
    id: 'RS-TR-10',
    role: 'server',
    statement: 'A stream that listens ends when its token does.',
    levels: always('practice'),
    source: authorization('token-handling'),
  },
  {
    id: 'RS-TR-11',
    role: 'server',
    statement:
      'State that travels with the client comes back unchanged, from the same user, for the same request, or is refused.',
    levels: since('2026-07-28', 'must'),
    source: 'https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/mrtr',
    notChecked: OFFICIAL,
  },
  {
    id: 'RS-TR-15',
    role: 'server',
    statement: 'A server on standard input takes credentials from its environment.',
    levels: always('should'),
    source: authorization('protocol-requirements'),
    notChecked: 'the examiner speaks HTTP; on standard input there is no authorization to examine',
  },
  {
    id: 'RS-TR-16',
    role: 'server',
    statement: 'The id of a session is random, so that nobody guesses the next.',
    levels: until('2025-11-25', 'should'),
    source: sessionTransport('session-management'),
  },
  {
    id: 'RS-TR-17',
    role: 'server',
    statement: 'No page of another origin is allowed to send cookies along.',
    levels: always('practice'),
    source: 'https://fetch.spec.whatwg.org/#cors-protocol-and-credentials',
  },
  {
    id: 'RS-EXT-01',
    role: 'server',
    statement: 'Authorization extensions that a server has are named among its capabilities.',
    levels: since('2026-07-28', 'practice'),
    source: authorization('mcp-authorization-extensions'),
    notChecked: 'extensions are optional, and one that is not named cannot be seen',
  },
  {
    id: 'RS-DPOP-01',
    role: 'server',
    statement:
      'Where proof of possession is on, a proof is checked whole, and a refused one is answered with its own challenge.',
    levels: since('2025-06-18', 'practice'),
    source: rfc(9449, '7.1'),
    notChecked: 'the extension is optional and its profile for MCP is a draft',
  },
  {
    id: 'RS-BC-01',
    role: 'server',
    statement: 'Clients of 2025-03-26 find the metadata of the authorization server at the origin of the MCP server.',
    levels: until('2025-03-26', 'practice'),
    source: 'https://modelcontextprotocol.io/specification/2025-03-26/basic/authorization#server-metadata-discovery',
    notChecked: 'a server whose authorization server is elsewhere owes them nothing',
  },
  {
    id: 'RS-BC-02',
    role: 'server',
    statement:
      'Endpoints of the authorization server at the origin of the MCP server are served there and do not redirect elsewhere.',
    levels: until('2025-03-26', 'practice'),
    source:
      'https://modelcontextprotocol.io/specification/2025-03-26/basic/authorization#fallbacks-for-servers-without-metadata-discovery',
    notChecked: 'they are optional, and asking for them would start sign-ins',
  },
  {
    id: 'RS-BC-03',
    role: 'server',
    statement: 'Clients of 2025-06-18 find the metadata by the challenge.',
    levels: { '2025-06-18': 'must' },
    source:
      'https://modelcontextprotocol.io/specification/2025-06-18/basic/authorization#authorization-server-location',
    notChecked: 'RS-401-02 is the same question, and as binding in that revision',
  },
]
