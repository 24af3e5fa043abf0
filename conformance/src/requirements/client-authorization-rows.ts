import type { Requirement } from './requirement.ts'
import { always, authorization, rfc, security, since } from './source.ts'

/** Authorization requests, their answers, and the code. */
export const clientAuthorizationRows: readonly Requirement[] = [
  {
    id: 'CL-AZ-01',
    role: 'client',
    statement: 'The client proves with S256 that it asked for the code, by a verifier of its own for each request.',
    levels: always('must'),
    source: security('authorization-code-protection'),
  },
  {
    id: 'CL-AZ-01b',
    role: 'client',
    statement: 'The client does not go on where the authorization server does not say that it supports S256.',
    levels: since('2025-11-25', 'must'),
    source: security('authorization-code-protection'),
  },
  {
    id: 'CL-AZ-02',
    role: 'client',
    statement: 'Every authorization and token request names the MCP server as its resource, as the metadata spells it.',
    levels: since('2025-06-18', 'must'),
    source: authorization('resource-parameter-implementation'),
  },
  {
    id: 'CL-AZ-03',
    role: 'client',
    statement: 'The client sends a state that cannot be guessed, and drops an answer with another.',
    levels: always('should'),
    source: security('open-redirection'),
  },
  {
    id: 'CL-AZ-04',
    role: 'client',
    statement:
      'The client compares the issuer of an authorization response, letter by letter, with the one it sent the user to, before it does anything with the response.',
    levels: since('2026-07-28', 'must'),
    source: authorization('authorization-response-validation'),
  },
  {
    id: 'CL-AZ-04b',
    role: 'client',
    statement: 'A response without an issuer is good where the authorization server does not announce one.',
    levels: since('2026-07-28', 'practice'),
    source: authorization('authorization-response-validation'),
  },
  {
    id: 'CL-AZ-05',
    role: 'client',
    statement: 'What an authorization server writes into an error is shown as text, and nothing of it is run.',
    levels: always('practice'),
    source: rfc(6749, '4.1.2.1'),
    notChecked: 'what a user interface makes of a text is not seen from the network',
  },
  {
    id: 'CL-AZ-06',
    role: 'client',
    statement: 'Codes come back to an https address or to this machine.',
    levels: always('must'),
    source: security('communication-security'),
  },
  {
    id: 'CL-AZ-07',
    role: 'client',
    statement: 'A code is sent to the token endpoint once, whatever the answer is.',
    levels: always('practice'),
    source: rfc(6749, '4.1.2'),
  },
  {
    id: 'CL-AZ-08',
    role: 'client',
    statement: 'A refusal of the user ends the sign-in.',
    levels: always('practice'),
    source: rfc(6749, '4.1.2.1'),
  },
]
