import type { Check } from '../../check/check.ts'
import type { ServerSubject } from '../subject.ts'
import type { Waits } from '../waits.ts'
import { audienceChecks } from './audience.ts'
import { clockAhead } from './clock-ahead.ts'
import { issuerChecks } from './issuer-identity.ts'
import { keyHeaderChecks } from './key-headers.ts'
import { createKeyChangeChecks, unknownKeyIds } from './key-lookups.ts'
import { lifetimeChecks } from './lifetime.ts'
import { createOutageChecks } from './outage.ts'
import { createOutlivedCheck } from './outlived.ts'
import { revokedToken } from './revocation.ts'
import { signatureChecks } from './signature.ts'
import { structureChecks } from './structure.ts'
import { typeChecks } from './token-type.ts'

/** Which tokens a server takes. */
export const tokenChecks: readonly Check<ServerSubject>[] = [
  ...audienceChecks,
  ...issuerChecks,
  ...typeChecks,
  ...signatureChecks,
  ...keyHeaderChecks,
  ...lifetimeChecks,
  createOutlivedCheck(),
  ...structureChecks,
  revokedToken,
  clockAhead,
]

/** What a server makes of keys that change and of an issuer that is down: it may not recover at once, so they come last. */
export function createIssuerTroubleChecks({ pause }: Pick<Waits, 'pause'>): readonly Check<ServerSubject>[] {
  return [...createKeyChangeChecks(pause), ...createOutageChecks(pause), unknownKeyIds]
}
