import type { Requirement } from './requirement.ts'

const AUTHORIZATION = 'https://modelcontextprotocol.io/specification/2025-11-25/basic/authorization'

export const serverEntryRequirements: readonly Requirement[] = [
  {
    id: 'RS-401-01',
    role: 'server',
    statement: 'Requests with no token, or with one that is not valid, are answered 401 with a Bearer challenge.',
    levels: { '2025-03-26': 'must', '2025-06-18': 'must', '2025-11-25': 'must', '2026-07-28': 'must' },
    source: `${AUTHORIZATION}#error-handling`,
  },
  {
    id: 'RS-TOK-03',
    role: 'server',
    statement: 'A token is accepted if, and only if, signature, type, issuer, lifetime and audience are right.',
    levels: { '2025-06-18': 'must', '2025-11-25': 'must', '2026-07-28': 'must' },
    source: `${AUTHORIZATION}#token-handling`,
  },
]
