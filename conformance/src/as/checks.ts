import type { Check } from '../check/check.ts'
import { authorizeChecks } from './authorize/authorize-checks.ts'
import { documentChecks } from './documents/document-checks.ts'
import { endpointChecks } from './endpoints/endpoint-checks.ts'
import { lifecycleChecks } from './lifecycle/lifecycle-checks.ts'
import { metadataChecks } from './metadata/metadata-checks.ts'
import { redirectChecks } from './redirects/redirect-checks.ts'
import { refreshChecks } from './refresh/refresh-checks.ts'
import { registrationChecks } from './registration/registration-checks.ts'
import { resourceChecks } from './resources/resource-checks.ts'
import type { AuthorizationServerSubject } from './subject.ts'
import { tokenChecks } from './tokens/token-checks.ts'

/** Every check of `as` mode, in the order in which it runs. */
export const authorizationServerChecks: readonly Check<AuthorizationServerSubject>[] = [
  ...metadataChecks,
  ...registrationChecks,
  ...endpointChecks,
  ...authorizeChecks,
  ...redirectChecks,
  ...resourceChecks,
  ...tokenChecks,
  ...refreshChecks,
  ...lifecycleChecks,
  ...documentChecks,
]
