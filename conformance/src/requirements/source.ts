import type { Level } from '../check/verdict.ts'
import { REVISIONS, type Revision } from '../mcp/revision.ts'
import type { Requirement } from './requirement.ts'

/**
 * Addresses of the texts that rows cite. A page of MCP is cited in the newest revision that has it: which revisions ask for
 * a row, and how firmly, stand in its levels.
 */
const MCP = 'https://modelcontextprotocol.io/specification'

/** The overview page of the authorization chapter. */
export const authorization = (anchor: string): string => `${MCP}/2026-07-28/basic/authorization#${anchor}`
export const discovery = (anchor: string): string =>
  `${MCP}/2026-07-28/basic/authorization/authorization-server-discovery#${anchor}`
export const security = (anchor: string): string =>
  `${MCP}/2026-07-28/basic/authorization/security-considerations#${anchor}`
/** How clients become known to an authorization server. */
export const registration = (anchor: string): string =>
  `${MCP}/2026-07-28/basic/authorization/client-registration#${anchor}`
export const transport = (anchor: string): string => `${MCP}/2026-07-28/basic/transports/streamable-http#${anchor}`
/** The transport page of the last revision with sessions. */
export const sessionTransport = (anchor: string): string => `${MCP}/2025-11-25/basic/transports#${anchor}`
export const bestPractices = (anchor: string): string =>
  `https://modelcontextprotocol.io/docs/tutorials/security/security_best_practices#${anchor}`
/** @param section as the text numbers it: `3.1` */
export const rfc = (number: number, section: string): string =>
  `https://www.rfc-editor.org/rfc/rfc${number}#section-${section}`

/** The draft of OAuth 2.1 that MCP names. @param section as the text numbers it: `4.1.2` */
export const oauth21 = (section: string): string =>
  `https://www.ietf.org/archive/id/draft-ietf-oauth-v2-1-13.html#section-${section}`
/** The draft of client documents that MCP names. */
export const clientDocuments = (section: string): string =>
  `https://www.ietf.org/archive/id/draft-ietf-oauth-client-id-metadata-document-00.html#section-${section}`
/** OpenID Connect Discovery 1.0. */
export const openid = (anchor: string): string => `https://openid.net/specs/openid-connect-discovery-1_0.html#${anchor}`

/** The same level in every revision from `first` on. */
export function since(first: Revision, level: Level): Requirement['levels'] {
  return levelsOf((revision) => revision >= first, level)
}

/** The same level in every revision up to and with `last`. */
export function until(last: Revision, level: Level): Requirement['levels'] {
  return levelsOf((revision) => revision <= last, level)
}

export const always = (level: Level): Requirement['levels'] => since(REVISIONS[0], level)

function levelsOf(has: (revision: Revision) => boolean, level: Level): Requirement['levels'] {
  return Object.fromEntries(REVISIONS.filter(has).map((revision) => [revision, level]))
}
