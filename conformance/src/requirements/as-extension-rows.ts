import type { Requirement } from './requirement.ts'
import { always, oauth21, rfc, since } from './source.ts'

/** Extensions that are not part of the authorization chapter. They are examined by nobody here, and each says why. */
export const asExtensionRows: readonly Requirement[] = [
  {
    id: 'AS-CC-01',
    role: 'as',
    statement:
      'Clients without a person prove who they are, are registered by the operator, and get a token for one resource and no refresh token.',
    levels: since('2025-11-25', 'practice'),
    source: oauth21('4.2'),
    notChecked: 'the extension is a draft, and it takes a client of that kind',
  },
  {
    id: 'AS-EMA-01',
    role: 'as',
    statement:
      'An assertion of the identity provider of an enterprise is taken once, from a configured issuer, for the client and the resource that it names.',
    levels: since('2025-11-25', 'practice'),
    source: rfc(7523, '3'),
    notChecked: 'it takes an identity provider that the server trusts',
  },
  {
    id: 'AS-WIF-01',
    role: 'as',
    statement:
      'The token of a workload is taken from a configured issuer, once, for this server, by rules that the operator wrote.',
    levels: since('2026-07-28', 'practice'),
    source: rfc(7523, '3'),
    notChecked: 'the extension is a draft, and it takes an issuer that the server trusts',
  },
  {
    id: 'AS-DPOP-01',
    role: 'as',
    statement:
      'A proof of possession is checked in all its parts, binds the token and the refresh token, and is used once.',
    levels: since('2026-07-28', 'practice'),
    source: rfc(9449, '4.3'),
    notChecked: 'the extension is a draft; what the metadata says of it is examined',
  },
  {
    id: 'AS-MTLS-01',
    role: 'as',
    statement: 'A client may prove who it is by its certificate, which binds its tokens.',
    levels: always('practice'),
    source: rfc(8705, '2'),
    notChecked: 'it is optional, and no client of MCP does so',
  },
  {
    id: 'AS-PAR-01',
    role: 'as',
    statement: 'A pushed authorization request works once, for the client that pushed it.',
    levels: always('practice'),
    source: rfc(9126, '2'),
    notChecked: 'it is optional, and no client of MCP does so',
  },
  {
    id: 'AS-JAR-01',
    role: 'as',
    statement: 'A signed authorization request counts as it was signed, and is fetched from nowhere.',
    levels: always('practice'),
    source: rfc(9101, '6'),
    notChecked: 'it is optional, and no client of MCP does so',
  },
  {
    id: 'AS-RAR-01',
    role: 'as',
    statement: 'Detailed permissions are understood, or refused by name.',
    levels: always('practice'),
    source: rfc(9396, '5'),
    notChecked: 'it is optional, and its types are a matter of each server',
  },
  {
    id: 'AS-DEV-01',
    role: 'as',
    statement: 'A person can sign in on another device, at a bearable rate of questions.',
    levels: always('practice'),
    source: rfc(8628, '3'),
    notChecked: 'it is optional, and no revision of MCP names it',
  },
]
