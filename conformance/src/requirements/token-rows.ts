import type { Requirement } from './requirement.ts'
import { always, authorization, rfc, since } from './source.ts'

/** Which tokens a server takes; where and how they travel is asked elsewhere. */
export const tokenRows: readonly Requirement[] = [
  {
    id: 'RS-TOK-03',
    role: 'server',
    statement:
      'A token is believed only after it was found signed by its issuer under an allowed algorithm, an access token, from the exact issuer, for exactly this server, and within its time.',
    // The audience belongs to it since 2025-06-18: until then, checks of it doubt and do not accuse.
    levels: always('must'),
    source: authorization('token-handling'),
  },
  {
    id: 'RS-TOK-04',
    role: 'server',
    statement:
      'Tokens count only from the authorization servers that it was set up with, each with the keys of its own issuer.',
    levels: always('must'),
    source: authorization('token-handling'),
  },
  {
    id: 'RS-TOK-05',
    role: 'server',
    statement:
      'A token for several audiences counts only if this server is one of them and its operator allows company.',
    levels: since('2025-06-18', 'practice'),
    source: rfc(9068, '4'),
    notChecked:
      'an issuer may name several audiences, and whether the operator wants that cannot be seen from outside; lists without this server belong to RS-TOK-03',
  },
  {
    id: 'RS-TOK-06',
    role: 'server',
    statement:
      'Where the issuer is asked about tokens, an inactive one is refused, and an answer is kept for a short time.',
    levels: always('must'),
    source: rfc(7662, '4'),
  },
  {
    id: 'RS-TOK-07',
    role: 'server',
    statement:
      'Keys are kept; an unknown key id makes the server look for new ones, and not more often than every so many seconds.',
    levels: always('practice'),
    source: rfc(9700, '4'),
  },
  {
    id: 'RS-TOK-09',
    role: 'server',
    statement: 'A token that is bound to a key is worth nothing without the proof of that key.',
    levels: always('should'),
    source: rfc(9449, '7.2'),
  },
  {
    id: 'RS-TOK-12',
    role: 'server',
    statement: 'Clocks differ: a token whose time begins a few seconds from now is taken.',
    levels: always('practice'),
    source: rfc(7519, '4.1.5'),
  },
]
