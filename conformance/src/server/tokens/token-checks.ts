import type { Check } from '../../check/check.ts'
import type { ServerSubject } from '../subject.ts'
import { audienceChecks } from './audience.ts'
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

/** Which tokens a server takes. Those that upset its key cache come last. */
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
  ...createKeyChangeChecks(),
  ...createOutageChecks(),
  unknownKeyIds,
]
