import { z } from 'zod'
import { ACCESS_TOKEN_BOUNDS } from './lifetimes.ts'
import { MAX_REDIRECT_URIS } from './redirect-uri.ts'
import { displayName, filePath, secretText, text, wholeNumber } from './schema-parts.ts'

/** More rows than this are kept in the registry (`sallyport resource add`), not in a file that is read at each start. */
const MAX_FILE_ENTRIES = 500

/** Aliases are for spellings of one server, of which there are few. */
export const MAX_ALIASES = 20

/** Each entry opens a way into a resource; a longer list is one that nobody reviews. */
export const MAX_EXCHANGE_SOURCES = 50

export const RESOURCE_ID = /^[a-z0-9-]{1,64}$/
/** Never with `:` or `/`: a client id that reads as an https URL would stand for the client document at that URL. */
export const CLIENT_ID = /^[A-Za-z0-9._~-]{1,64}$/

/** One protected resource of the settings file. */
export const resourceSchema = z.strictObject({
  id: z
    .string()
    .regex(RESOURCE_ID, { error: 'must be 1 to 64 of a-z, 0-9 and -' })
    .describe('Short name in URLs and on the command line.'),
  uri: text().describe(
    'Resource identifier: the URL clients use for this MCP server; becomes the audience of its tokens.',
  ),
  name: displayName().describe('What people read on the consent page.'),
  aliases: z
    .array(text())
    .max(MAX_ALIASES, { error: `must not hold more than ${MAX_ALIASES} entries` })
    .default([])
    .describe('Other spellings that mean this server, such as the bare origin.'),
  tools: z
    .custom<string | Record<string, unknown>>(isPathOrObject, {
      error: 'must be the path of a tools file, or a tools file written here',
    })
    .describe('Tools file: a path relative to this file, or its content.'),
  accessTokenSeconds: wholeNumber(ACCESS_TOKEN_BOUNDS)
    .optional()
    .describe('Access token lifetime of this server, where it differs from the defaults of the tool classes.'),
  ownerClient: z
    .string()
    .regex(CLIENT_ID, { error: 'must be the id of a client' })
    .optional()
    .describe('Id of the client that this server signs in with, by key; it alone may exchange tokens of this server.'),
  exchangeOnly: z
    .boolean()
    .default(false)
    .describe('Whether tokens for it come from exchange alone, never from a person who authorizes a client.'),
  exchangeFrom: z
    .array(z.string().regex(RESOURCE_ID, { error: 'must be the id of a resource' }))
    .max(MAX_EXCHANGE_SOURCES, { error: `must not hold more than ${MAX_EXCHANGE_SOURCES} entries` })
    .default([])
    .describe('Ids of the resources whose owner may exchange their tokens for tokens of this one.'),
})

/** One pre-registered client of the settings file. */
export const clientSchema = z.strictObject({
  id: z
    .string()
    .regex(CLIENT_ID, { error: 'must be 1 to 64 of A-Z, a-z, 0-9 and . _ ~ -' })
    .describe('Client identifier.'),
  name: displayName().describe('What people read on the consent page.'),
  redirectUris: z
    .array(text())
    .max(MAX_REDIRECT_URIS, { error: `must not hold more than ${MAX_REDIRECT_URIS} entries` })
    .default([])
    .describe('Where answers may be sent, compared character by character; any port for http on loopback.'),
  secret: secretText().optional().describe('Makes the client confidential. Better kept in secretFile.'),
  secretFile: filePath().optional().describe('File that holds the client secret.'),
  jwks: z
    .custom<string | Record<string, unknown>>(isPathOrObject, {
      error: 'must be the path of a JWK Set, or a JWK Set written here',
    })
    .optional()
    .describe('Public keys (JWK Set) the client signs in with: a path relative to this file, or the set itself.'),
  defaultResource: z
    .string()
    .regex(RESOURCE_ID, { error: 'must be the id of a resource' })
    .optional()
    .describe('Id of the resource that is meant when this client names none.'),
  dpopBoundAccessTokens: z
    .boolean()
    .default(false)
    .describe('Whether the client gets only tokens that are bound to its key, by a DPoP proof.'),
  requirePushedRequests: z
    .boolean()
    .default(false)
    .describe('Whether the client must push its authorization requests (PAR).'),
})

export const resourcesSchema = z
  .array(resourceSchema)
  .max(MAX_FILE_ENTRIES, { error: `must not hold more than ${MAX_FILE_ENTRIES} entries` })
  .default([])
  .describe('MCP servers that tokens are issued for. What stands here cannot be changed from the command line.')

export const clientsSchema = z
  .array(clientSchema)
  .max(MAX_FILE_ENTRIES, { error: `must not hold more than ${MAX_FILE_ENTRIES} entries` })
  .default([])
  .describe('Pre-registered clients. What stands here cannot be changed from the command line.')

function isPathOrObject(value: unknown): boolean {
  if (typeof value === 'string') return value !== ''
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
