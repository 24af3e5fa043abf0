import { Provider } from 'oidc-provider'
import type { Settings } from '../config/settings.ts'
import type { Egress } from '../egress/index.ts'
import { createFormTokens } from '../keys/form-tokens.ts'
import type { Sealer } from '../keys/sealing.ts'
import type { SigningKeys } from '../keys/signing-keys.ts'
import { createSuccessors } from '../keys/successor.ts'
import type { Store } from '../store/index.ts'
import { accounts } from './accounts.ts'
import { createAdapters } from './adapter/index.ts'
import { acceptRawCredentials } from './basic-credentials.ts'
import { type BrowserSessions, createBrowserSessions } from './browser-session.ts'
import { clientAssertions } from './client-assertion.ts'
import { createFetchLimits } from './client-documents/fetch-limits.ts'
import { createDocumentClients, type DocumentClients } from './client-documents/index.ts'
import { createRefresher } from './client-documents/refresher.ts'
import { createTidying } from './client-documents/tidying.ts'
import { CLIENT_AUTH_METHODS, clients, compareSecretsByDigest, leaveRedirectUrisToTheJudge } from './clients.ts'
import { compose } from './compose.ts'
import { cookieNames, cookies } from './cookies.ts'
import { completeMetadata } from './discovery.ts'
import { errors, type RenderErrorPage } from './errors.ts'
import { registerTokenExchange } from './exchange/grant-type.ts'
import { grants } from './grants.ts'
import { createInteractionStates } from './interaction-state.ts'
import { interactions } from './interactions.ts'
import { namesKnownToTheEngine } from './internals.ts'
import { answerIntrospections, introspection } from './introspection.ts'
import { createAccessTokenReader } from './issued-access-token.ts'
import { outgoing } from './outgoing.ts'
import { createPendingInteractions, type PendingInteractions } from './pending-interactions.ts'
import { pkce } from './pkce.ts'
import { deriveSuccessorIds } from './refresh-rotation.ts'
import { reportRefusals } from './refusals.ts'
import { answerRegistrations } from './registration-answer.ts'
import { deriveCodesFromInteractions } from './repeated-codes.ts'
import type { Report } from './report.ts'
import { resourceIndicators } from './resource-indicators.ts'
import { answerRevocations, revocation } from './revocation.ts'
import { routes } from './routes.ts'
import { scopes } from './scopes.ts'
import { settleAfterEachRequest } from './settle.ts'
import { signing } from './signing.ts'
import { storage } from './storage.ts'
import { surface } from './surface.ts'
import { tokens } from './tokens.ts'
import { ignoreUnacceptableClients } from './unacceptable-clients.ts'
import { keepErrorsFromStrangers } from './untrusted-redirects.ts'

export interface ProviderDeps {
  readonly settings: Settings
  readonly store: Store
  /** For whatever the engine fetches by itself. */
  readonly egress: Egress
  readonly sealer: Sealer
  readonly signingKeys: SigningKeys
  readonly renderErrorPage: RenderErrorPage
  readonly report: Report
  /** Path of the issuer: '' or '/tenant'. */
  readonly basePath: string
  /** Seconds since 1970. */
  readonly now: () => number
}

/** The engine, and what the pages need of it. */
export interface AuthorizationServer {
  readonly provider: Provider
  readonly documentClients: DocumentClients
  readonly pendingInteractions: PendingInteractions
  readonly browserSessions: BrowserSessions
}

/** Configures the engine from its slices. Every request to it must run inside a unit of work. */
export function createAuthorizationServer(deps: ProviderDeps): AuthorizationServer {
  const { settings, store, sealer, signingKeys, basePath, now } = deps
  const { issuer, lifetimes, privateUseRedirects } = settings
  const names = cookieNames(issuer)
  const states = createInteractionStates({ sealer, rows: store.interactions, cookieName: names.state, basePath, now })
  const formTokens = createFormTokens(sealer)
  const graceSeconds = lifetimes.refreshGraceSeconds
  const documentClients = documentClientsOf(deps)
  const successors = createSuccessors(sealer)
  const adapters = createAdapters({ store, documentClients, successors, states, graceSeconds, now })
  const { algorithm } = signingKeys
  const slices = {
    storage: storage(adapters),
    signing: signing(signingKeys),
    clients: clients(settings, algorithm),
    clientAssertions: clientAssertions(issuer, now),
    pkce: pkce(),
    resourceIndicators: resourceIndicators(store.registry, algorithm),
    scopes: scopes(store.registry),
    tokens: tokens(store.registry, lifetimes, now),
    grants: grants(store.registry, lifetimes, now),
    accounts: accounts(store.consents),
    interactions: interactions(basePath, privateUseRedirects),
    cookies: cookies(issuer, settings.cookieKeys),
    revocation: revocation(),
    introspection: introspection(),
    errors: errors(deps.renderErrorPage, privateUseRedirects),
    routes: routes(),
    outgoing: outgoing(deps.egress, deps.report),
    surface: surface(),
  }
  const provider = new Provider(issuer, compose(slices, namesKnownToTheEngine()))
  // The request arrives with the issuer's own scheme and host, whatever it said before.
  provider.proxy = true
  compareSecretsByDigest(provider)
  leaveRedirectUrisToTheJudge(provider)
  ignoreUnacceptableClients(provider, deps.report)
  deriveSuccessorIds(provider)
  deriveCodesFromInteractions(provider, sealer)
  reportRefusals(provider, deps.report)
  keepErrorsFromStrangers(provider, privateUseRedirects)
  settleAfterEachRequest(provider, { ...deps, database: store.database, graceSeconds })
  completeMetadata(provider, { ...settings, registry: store.registry })
  answerRegistrations(provider)
  const readAccessToken = createAccessTokenReader(issuer, signingKeys)
  registerTokenExchange(provider, { registry: store.registry, algorithm, readAccessToken, lifetimes, now })
  answerRevocations(provider, { database: store.database, readAccessToken, report: deps.report })
  answerIntrospections(provider, { database: store.database, readAccessToken })
  acceptRawCredentials(provider)
  return {
    provider,
    documentClients,
    pendingInteractions: createPendingInteractions({ states, formTokens, basePath, now }),
    browserSessions: createBrowserSessions({
      ...{ provider, formTokens, basePath, now },
      database: store.database,
      sessions: store.sessions,
      cookieNames: names,
      lifetimeSeconds: lifetimes.signInSessionSeconds,
    }),
  }
}

function documentClientsOf({ settings, store, egress, report }: ProviderDeps): DocumentClients {
  const documents = store.clientDocuments
  const rules = { privateUseRedirects: settings.privateUseRedirects, authMethods: CLIENT_AUTH_METHODS }
  return createDocumentClients({
    documents,
    refresher: createRefresher({ documents, egress, rules, report, tidy: createTidying(documents) }),
    limits: createFetchLimits(),
    settings: settings.clientDocuments,
    report,
  })
}
