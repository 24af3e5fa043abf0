import type { LiveOptions } from '../live/live-options.ts'
import { openRealTokens } from '../live/open-real-tokens.ts'
import type { PlanServer } from '../run/plan-server.ts'

/** A plan signs nobody in: it shows what would be sent for somebody whose password is known, and touches no stored login. */
export function planSignIn(login: LiveOptions | undefined): Pick<PlanServer, 'openTokens' | 'signInAt'> {
  if (login === undefined) return {}
  const name = login.login.way === 'form' ? login.login.name : 'person'
  const person = { way: 'form', name, password: 'typed-by-nobody' } as const
  const planned: LiveOptions = { ...login, login: person, store: undefined }
  return {
    openTokens: (wire, target) => openRealTokens(wire, planned, target),
    ...(login.issuer === undefined ? {} : { signInAt: login.issuer }),
  }
}
