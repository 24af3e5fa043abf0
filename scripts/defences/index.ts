import { AUTHORIZE } from './authorize.ts'
import { CLIENTS } from './clients.ts'
import type { Defence } from './defence.ts'
import { DOCUMENTS } from './documents.ts'
import { EXCHANGE } from './exchange.ts'
import { TOKENS } from './tokens.ts'

/** Every defence that can be switched off here, in the order of the attacks they stand against. */
export const DEFENCES: readonly Defence[] = [...AUTHORIZE, ...CLIENTS, ...DOCUMENTS, ...TOKENS, ...EXCHANGE].sort(
  (a, b) => Number(a.attack.slice(1)) - Number(b.attack.slice(1)),
)
