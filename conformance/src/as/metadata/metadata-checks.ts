import type { Check } from '../../check/check.ts'
import type { AuthorizationServerSubject } from '../subject.ts'
import { keySet } from './key-set.ts'
import {
  endpointsSecure,
  metadataAssertions,
  metadataGrants,
  metadataMembers,
  metadataNulls,
  metadataOpenid,
  metadataPkce,
  metadataPlain,
  metadataProofs,
  metadataPublicClients,
} from './members.ts'
import { metadataCors, unknownWellKnown } from './metadata-access.ts'
import { metadataFound, metadataIssuer, metadataIssuerForm, metadataSpellings } from './well-known.ts'

/** From the issuer to its endpoints. */
export const metadataChecks: readonly Check<AuthorizationServerSubject>[] = [
  metadataFound,
  metadataSpellings,
  metadataIssuer,
  metadataIssuerForm,
  metadataMembers,
  metadataPkce,
  metadataPlain,
  metadataPublicClients,
  metadataAssertions,
  metadataGrants,
  metadataNulls,
  metadataOpenid,
  metadataProofs,
  endpointsSecure,
  metadataCors,
  unknownWellKnown,
  keySet,
]
