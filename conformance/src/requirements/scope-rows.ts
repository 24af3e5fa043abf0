import type { Requirement } from './requirement.ts'
import { always, authorization, bestPractices, rfc, since } from './source.ts'

/** Refusals for want of a scope. */
export const scopeRows: readonly Requirement[] = [
  {
    id: 'RS-403-01',
    role: 'server',
    statement:
      'A valid token without a scope that the operation needs is answered 403, with `insufficient_scope` and the scopes.',
    levels: since('2025-11-25', 'should'),
    source: authorization('runtime-insufficient-scope-errors'),
  },
  {
    id: 'RS-403-02',
    role: 'server',
    statement: 'One challenge names every scope that the operation needs: a token with those is enough.',
    levels: { '2025-11-25': 'practice', '2026-07-28': 'should' },
    source: authorization('runtime-insufficient-scope-errors'),
  },
  {
    id: 'RS-403-03',
    role: 'server',
    statement:
      'For clients that replace their scopes by those of the challenge, it can name those already granted as well.',
    levels: since('2025-11-25', 'practice'),
    source: authorization('step-up-authorization-flow'),
    notChecked: 'it is a choice per client; a server that names only what is missing follows the specification',
  },
  {
    id: 'RS-403-04',
    role: 'server',
    statement: 'A broader scope that includes the needed one is enough.',
    levels: since('2026-07-28', 'must'),
    source: authorization('step-up-authorization-flow'),
    notChecked: 'which scope includes which is not published anywhere that a black box could read it',
  },
  {
    id: 'RS-403-05',
    role: 'server',
    statement: 'The refusal is one of HTTP wherever it is known before a stream has begun.',
    levels: since('2025-11-25', 'practice'),
    source: authorization('runtime-insufficient-scope-errors'),
    notChecked: 'RS-403-01 sees the same answer; whether a later one was known earlier cannot be seen from outside',
  },
  {
    id: 'RS-403-06',
    role: 'server',
    statement: 'A batch is refused when one of its members would be: nothing is let in by its company.',
    levels: always('practice'),
    source: 'https://modelcontextprotocol.io/specification/2025-03-26/basic/transports#sending-messages-to-the-server',
  },
  {
    id: 'RS-403-07',
    role: 'server',
    statement: 'A refusal that no scope can cure does not ask for scopes.',
    levels: since('2025-11-25', 'practice'),
    source: authorization('step-up-authorization-flow'),
  },
  {
    id: 'RS-SUA-01',
    role: 'server',
    statement: 'An operation that needs a fresh or stronger sign-in says so with `insufficient_user_authentication`.',
    levels: since('2025-11-25', 'practice'),
    source: rfc(9470, '3'),
    notChecked: 'it is optional, and which operation needs it is known to the author of the server alone',
  },
  {
    id: 'RS-TOK-08',
    role: 'server',
    statement: 'Scopes alone do not decide: who the user is and what the call is about are looked at too.',
    levels: since('2025-11-25', 'must'),
    source: bestPractices('scope-minimization'),
    notChecked: 'a rule about users and arguments is not published, so that its absence cannot be seen from outside',
  },
]
