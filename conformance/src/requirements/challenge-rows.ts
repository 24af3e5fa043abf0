import type { Requirement } from './requirement.ts'
import { always, authorization, rfc, since } from './source.ts'

/** Refusals for want of a good token: status, header, body. */
export const challengeRows: readonly Requirement[] = [
  {
    id: 'RS-401-01',
    role: 'server',
    statement: 'Without a token, and with one that is not valid, the answer is 401 with a Bearer challenge.',
    levels: always('must'),
    source: authorization('token-handling'),
  },
  {
    id: 'RS-401-02',
    role: 'server',
    statement: 'Every 401 says in its challenge where the metadata of the resource is.',
    levels: { ...since('2025-11-25', 'practice'), '2025-06-18': 'must' },
    source: rfc(9728, '5.1'),
  },
  {
    id: 'RS-401-02b',
    role: 'server',
    statement:
      'The address of the metadata in a challenge is absolute, protected by TLS unless it is loopback, and the metadata is there.',
    levels: since('2025-06-18', 'must'),
    source: rfc(9728, '5.1'),
  },
  {
    id: 'RS-401-03',
    role: 'server',
    statement: 'The first challenge names the scopes to begin with.',
    levels: since('2025-11-25', 'should'),
    source: authorization('scope-selection-strategy'),
  },
  {
    id: 'RS-401-04',
    role: 'server',
    statement: 'A challenge has no error code when no token came, and `invalid_token` when the token was refused.',
    levels: always('should'),
    source: rfc(6750, '3.1'),
  },
  {
    id: 'RS-401-05',
    role: 'server',
    statement: 'Whether a token is valid is decided before what it may do: expired and without the scope is 401.',
    levels: always('should'),
    source: rfc(6750, '3.1'),
  },
  {
    id: 'RS-401-06',
    role: 'server',
    statement: 'Who has no token is told so first, whatever the method or the protocol version of the request.',
    levels: always('practice'),
    source: authorization('error-handling'),
  },
  {
    id: 'RS-401-07',
    role: 'server',
    statement: 'A refusal has a small JSON body.',
    levels: always('practice'),
    source: authorization('error-handling'),
  },
  {
    id: 'RS-401-07b',
    role: 'server',
    statement:
      'A challenge is written in the grammar of HTTP: parameters parted by commas, none twice, spaces and slashes within quotes, ASCII alone.',
    levels: always('must'),
    source: rfc(9110, '11.6.1'),
  },
  {
    id: 'RS-401-08',
    role: 'server',
    statement:
      'Where pages of other origins may call the endpoint, they can ask first without a token, and can read the challenge.',
    levels: always('practice'),
    source: 'https://fetch.spec.whatwg.org/#http-access-control-expose-headers',
  },
  {
    id: 'RS-401-09',
    role: 'server',
    statement:
      'A server that cannot judge a token, because keys or introspection are out of reach, says 503 and not 401.',
    levels: always('practice'),
    source: rfc(9110, '15.6.4'),
  },
  {
    id: 'RS-401-10',
    role: 'server',
    statement:
      'A refusal shows nothing of the inside: no stack trace, no path of the file system, nothing of the token.',
    levels: always('practice'),
    source: 'https://cwe.mitre.org/data/definitions/209.html',
  },
  {
    id: 'RS-400-01',
    role: 'server',
    statement: 'A request with more than one credential is malformed and is refused.',
    levels: always('must'),
    source: authorization('error-handling'),
  },
]
