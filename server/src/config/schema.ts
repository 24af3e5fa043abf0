import { z } from 'zod'
import { isDeniedHostEntry, TRUSTED_HOST } from './document-hosts.ts'
import { lifetimesSchema } from './lifetimes.ts'
import { SHIPPED_PRIVATE_USE_REDIRECTS } from './redirect-uri.ts'
import { filePath, port, secretText, text, wholeNumber } from './schema-parts.ts'
import { clientsSchema, resourcesSchema } from './schema-registry.ts'

export const DEFAULT_PORT = 9400
export const DEFAULT_MANAGEMENT_PORT = 9490
export const DEFAULT_DEMO_PORT = 9401
export const DEFAULT_DOWNSTREAM_PORT = 9402
export const DEFAULT_DATA_DIR = '.sallyport'

/** A list of secrets longer than a few rotations is one that nobody cleans up. */
const MAX_KEYS = 10
const MAX_LIST_ENTRIES = 100

const DENIED_HOST_FORM = 'must be a host name in lower case, such as app.example.com, or *.example.com'

const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const

const listenSchema = z
  .strictObject({
    host: text().optional().describe('Address to listen on; 127.0.0.1 in dev, 0.0.0.0 in serve unless set.'),
    port: port().default(DEFAULT_PORT).describe('Port of the authorization server.'),
  })
  .prefault({})
  .describe('Where the authorization server listens, behind the proxy that terminates TLS.')

const managementSchema = z
  .strictObject({
    host: text().default('127.0.0.1').describe('Address of the health checks; they are not authenticated.'),
    port: port().default(DEFAULT_MANAGEMENT_PORT).describe('Port of /livez and /readyz.'),
  })
  .prefault({})
  .describe('Where health checks are answered.')

const demoSchema = z
  .strictObject({
    port: port().default(DEFAULT_DEMO_PORT).describe('Port of the demo MCP server.'),
    downstreamPort: port().default(DEFAULT_DOWNSTREAM_PORT).describe('Port of the demo downstream API.'),
    password: secretText()
      .optional()
      .describe('Password of the demo users; made and kept in the data folder when not set.'),
    passwordFile: filePath().optional().describe('File that holds the password of the demo users.'),
  })
  .prefault({})
  .describe('The demo that runs beside the authorization server in dev; ignored in serve.')

const egressSchema = z
  .strictObject({
    allow: z
      .array(text())
      .max(MAX_LIST_ENTRIES, { error: `must not hold more than ${MAX_LIST_ENTRIES} entries` })
      .default([])
      .describe('Hosts as host:port that URLs of this file may lead to although private or plain http.'),
    proxy: secretText()
      .optional()
      .describe('URL of the proxy that takes CONNECT for all other hosts. With a password, better kept in proxyFile.'),
    proxyFile: filePath().optional().describe('File that holds the URL of the proxy.'),
    ca: filePath().optional().describe('File of root certificates (PEM) that are trusted beside the usual ones.'),
  })
  .prefault({})
  .describe('Requests that this server makes to others. None leads into a private network unless it is named here.')

const clientDocumentsSchema = z
  .strictObject({
    mode: z
      .enum(['open', 'trusted', 'off'])
      .default('open')
      .describe("Whose documents are taken: everybody's, those of trustedHosts alone, or nobody's."),
    trustedHosts: z
      .array(text().regex(TRUSTED_HOST, { error: 'must be a host name in lower case, such as app.example.com' }))
      .max(MAX_LIST_ENTRIES, { error: `must not hold more than ${MAX_LIST_ENTRIES} entries` })
      .default([])
      .describe(
        'Hosts, compared whole and never those below, whose clients need no page where a person has agreed before.',
      ),
    deniedHosts: z
      .array(text().refine(isDeniedHostEntry, { error: DENIED_HOST_FORM }))
      .max(MAX_LIST_ENTRIES, { error: `must not hold more than ${MAX_LIST_ENTRIES} entries` })
      .default([])
      .describe(
        'Hosts whose documents are never fetched: a host alone, or *.example.com for all below it. On every port unless one is named. Wins over trustedHosts.',
      ),
    knownClients: z
      .boolean()
      .default(true)
      .describe(
        'Whether pages say of clients on the list that comes with the server that they are known. Words alone.',
      ),
  })
  .prefault({})
  .describe('Clients that are identified by the https URL of their own metadata document (CIMD).')

const dpopSchema = z
  .strictObject({
    requireNonce: z
      .boolean()
      .default(false)
      .describe('Whether a proof must hold a nonce of this server; without it a recent time of issue is enough.'),
  })
  .prefault({})
  .describe('Tokens that are bound to a key of the client (DPoP). Any client may use it.')

const pushedRequestsSchema = z
  .strictObject({
    required: z
      .boolean()
      .default(false)
      .describe('Whether every client must push its authorization requests, not only those that say so.'),
  })
  .prefault({})
  .describe('Authorization requests that clients bring themselves, before the browser (PAR). Any client may.')

const registrationSchema = z
  .strictObject({
    mode: z
      .enum(['open', 'token', 'off'])
      .default('open')
      .describe('Who may register clients: everybody, who has the initial access token, or nobody.'),
    initialAccessToken: secretText()
      .optional()
      .describe(
        'Bearer token that registrations must bring where mode is token. Better kept in initialAccessTokenFile.',
      ),
    initialAccessTokenFile: filePath().optional().describe('File that holds the initial access token.'),
  })
  .prefault({})
  .describe('Dynamic client registration. It grants nothing by itself: people still see an unverified client.')

const keyList = () =>
  z
    .array(secretText())
    .max(MAX_KEYS, { error: `must not hold more than ${MAX_KEYS} keys: remove those that are retired` })

/** The settings file, key by key. The environment and the flags fill the same keys. */
export const settingsSchema = z.strictObject({
  issuer: text()
    .optional()
    .describe('Issuer identifier: the https URL people and clients reach this server by, without a slash at the end.'),
  listen: listenSchema,
  management: managementSchema,
  dataDir: text().default(DEFAULT_DATA_DIR).describe('Folder of the embedded database and of generated secrets.'),
  databaseUrl: secretText().optional().describe('PostgreSQL connection URL. Better kept in databaseUrlFile.'),
  databaseUrlFile: filePath().optional().describe('File that holds the PostgreSQL connection URL.'),
  databasePoolSize: wholeNumber({ min: 1, max: 200, reason: 'PostgreSQL serves more requests with fewer connections' })
    .default(10)
    .describe('Connections that this process opens at most.'),
  logLevel: z.enum(LOG_LEVELS).default('info').describe('Least severe level that is logged.'),
  trustedProxies: z
    .array(text())
    .max(MAX_LIST_ENTRIES, { error: `must not hold more than ${MAX_LIST_ENTRIES} entries` })
    .default([])
    .describe('Networks (CIDR) whose X-Forwarded-For and -Proto are read; they are never used for URLs.'),
  encryptionKeys: keyList()
    .optional()
    .describe('Keys of data at rest, 32 bytes in base64 each: the first encrypts, all decrypt.'),
  encryptionKeysFile: filePath().optional().describe('File that holds the encryption keys, one on each line.'),
  cookieKeys: keyList().optional().describe('Keys of cookies, 32 characters or more: the first signs, all verify.'),
  cookieKeysFile: filePath().optional().describe('File that holds the cookie keys, one on each line.'),
  signingAlgorithm: z
    .enum(['ES256', 'EdDSA'])
    .default('ES256')
    .describe('Algorithm that access tokens are signed with.'),
  lifetimes: lifetimesSchema,
  registration: registrationSchema,
  clientDocuments: clientDocumentsSchema,
  dpop: dpopSchema,
  pushedRequests: pushedRequestsSchema,
  privateUseRedirects: z
    .array(text())
    .max(MAX_LIST_ENTRIES, { error: `must not hold more than ${MAX_LIST_ENTRIES} entries` })
    .default([...SHIPPED_PRIVATE_USE_REDIRECTS])
    .describe(
      'Redirects into apps by a scheme of their own, as scheme://host. Any app on a machine can claim a scheme.',
    ),
  egress: egressSchema,
  resources: resourcesSchema,
  clients: clientsSchema,
  demo: demoSchema,
})

/** What the settings say once types and bounds are right, before the rules between them are judged. */
export type SettingsInput = z.output<typeof settingsSchema>
