import { asAuthorizeRows } from './as-authorize-rows.ts'
import { asClientRows } from './as-client-rows.ts'
import { asExtensionRows } from './as-extension-rows.ts'
import { asLifecycleRows } from './as-lifecycle-rows.ts'
import { asMetadataRows } from './as-metadata-rows.ts'
import { asResourceRows } from './as-resource-rows.ts'
import { asTokenRows } from './as-token-rows.ts'
import { challengeRows } from './challenge-rows.ts'
import { clientAuthorizationRows } from './client-authorization-rows.ts'
import { clientDiscoveryRows } from './client-discovery-rows.ts'
import { clientRegistrationRows } from './client-registration-rows.ts'
import { clientTokenRows } from './client-token-rows.ts'
import { metadataRows } from './metadata-rows.ts'
import { placementRows } from './placement-rows.ts'
import type { Requirement } from './requirement.ts'
import { scopeRows } from './scope-rows.ts'
import { tokenRows } from './token-rows.ts'
import { transportRows } from './transport-rows.ts'

/** What is asked of an MCP server as a protected resource, in the order of a report. */
export const serverRequirements: readonly Requirement[] = [
  ...metadataRows,
  ...challengeRows,
  ...placementRows,
  ...tokenRows,
  ...scopeRows,
  ...transportRows,
]

/** What is asked of an authorization server. */
export const authorizationServerRequirements: readonly Requirement[] = [
  ...asMetadataRows,
  ...asAuthorizeRows,
  ...asResourceRows,
  ...asTokenRows,
  ...asClientRows,
  ...asLifecycleRows,
  ...asExtensionRows,
]

/** What is asked of a client. */
export const clientRequirements: readonly Requirement[] = [
  ...clientDiscoveryRows,
  ...clientAuthorizationRows,
  ...clientRegistrationRows,
  ...clientTokenRows,
]

export const allRequirements: readonly Requirement[] = [
  ...serverRequirements,
  ...authorizationServerRequirements,
  ...clientRequirements,
]

export const requirementsById: ReadonlyMap<string, Requirement> = new Map(
  allRequirements.map((requirement) => [requirement.id, requirement]),
)
