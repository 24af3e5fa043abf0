import type { Check } from '../../check/check.ts'
import type { ServerSubject } from '../subject.ts'
import { authorizationServers } from './authorization-servers.ts'
import { issuerEcho, issuerFound } from './issuer-metadata.ts'
import { metadataCors, metadataHead, metadataSlash } from './metadata-access.ts'
import { metadataFound } from './metadata-found.ts'
import { metadataJson } from './metadata-json.ts'
import { metadataScopes, metadataTokenMethods } from './metadata-members.ts'
import { metadataAtRoot, metadataBesidePath } from './metadata-places.ts'
import { metadataResource } from './metadata-resource.ts'

/** From the URL of a server to the authorization server it trusts. */
export const discoveryChecks: readonly Check<ServerSubject>[] = [
  metadataFound,
  metadataJson,
  metadataResource,
  authorizationServers,
  issuerFound,
  issuerEcho,
  metadataScopes,
  metadataTokenMethods,
  metadataBesidePath,
  metadataAtRoot,
  metadataSlash,
  metadataHead,
  metadataCors,
]
