import type { Requirement } from './requirement.ts'
import { always, rfc } from './source.ts'

/** What becomes of tokens: revocation, introspection, exchange. */
export const asLifecycleRows: readonly Requirement[] = [
  {
    id: 'AS-REV-01',
    role: 'as',
    statement: 'Revocation of a token that is unknown is answered with 200, and of a refresh token ends it.',
    levels: always('should'),
    source: rfc(7009, '2.2'),
  },
  {
    id: 'AS-REV-01b',
    role: 'as',
    statement: 'A client cannot revoke a token of another.',
    levels: always('should'),
    source: rfc(7009, '2.1'),
  },
  {
    id: 'AS-REV-02',
    role: 'as',
    statement: 'Access tokens that verify by themselves end soon after their revocation.',
    levels: always('should'),
    source: rfc(7009, '3'),
    notChecked: 'it depends on the resource, which `server` mode asks',
  },
  {
    id: 'AS-INT-01',
    role: 'as',
    statement: 'Introspection answers nobody who has not proven who it is.',
    levels: always('should'),
    source: rfc(7662, '2.1'),
  },
  {
    id: 'AS-INT-02',
    role: 'as',
    statement: 'Introspection says nothing of a token that is not for who asks, or is none.',
    levels: always('should'),
    source: rfc(7662, '2.2'),
  },
  {
    id: 'AS-TX-01',
    role: 'as',
    statement: 'An exchange gives a token and says of which type it is.',
    levels: always('should'),
    source: rfc(8693, '2.2.1'),
  },
  {
    id: 'AS-TX-02',
    role: 'as',
    statement: 'A client that cannot prove who it is exchanges nothing.',
    levels: always('should'),
    source: rfc(8693, '5'),
  },
  {
    id: 'AS-TX-03',
    role: 'as',
    statement: 'Only the resource that a token is for may exchange it.',
    levels: always('should'),
    source: rfc(8693, '2.1'),
    notChecked: 'it takes the credentials of two resources, and an operator gives those of one',
  },
  {
    id: 'AS-TX-04',
    role: 'as',
    statement: 'The exchanged token is for the requested target alone, and an unknown target is refused.',
    levels: always('should'),
    source: rfc(8693, '2.2.2'),
  },
  {
    id: 'AS-TX-05',
    role: 'as',
    statement: 'An exchange adds no scope.',
    levels: always('should'),
    source: rfc(8693, '2.1'),
  },
  {
    id: 'AS-TX-06',
    role: 'as',
    statement:
      'The exchanged token ends no later than the one that it was made from, and no refresh token comes with it.',
    levels: always('should'),
    source: rfc(8693, '2.2.1'),
  },
  {
    id: 'AS-TX-07',
    role: 'as',
    statement: 'The exchanged token says who acts for whom.',
    levels: always('should'),
    source: rfc(8693, '4.1'),
  },
  {
    id: 'AS-TX-08',
    role: 'as',
    statement:
      'Exchanges end with the grant behind them, have a limited depth, are recorded, and take no tokens of strangers.',
    levels: always('should'),
    source: rfc(8693, '5'),
    notChecked: 'it takes a chain of resources, or another issuer, that an operator would have to lend',
  },
]
