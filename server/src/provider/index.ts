import type { IncomingMessage, ServerResponse } from 'node:http'
import { Provider } from 'oidc-provider'
import { type Acr, supportedAcrs } from '../config/authentication-class.ts'
import type { Settings } from '../config/settings.ts'
import type { Egress } from '../egress/index.ts'
import { createFormTokens, type FormTokens } from '../keys/form-tokens.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import type { LimitKey } from '../keys/limit-keys.ts'
import type { Sealer } from '../keys/sealing.ts'
import type { SigningKeys } from '../keys/signing-keys.ts'
import { createSuccessors } from '../keys/successor.ts'
import type { Store } from '../store/index.ts'
import { accounts } from './accounts.ts'
import { createClientCache } from './adapter/client.ts'
import { createAdapters } from './adapter/index.ts'
import { countRefusedTargets } from './audience-failures.ts'
import { authenticationClasses } from './authentication-classes.ts'
import { acceptRawCredentials } from './basic-credentials.ts'
import { type BrowserSessions, createBrowserSessions } from './browser-session.ts'
import { clientAssertions } from './client-assertion.ts'
import { createFetchLimits } from './client-documents/fetch-limits.ts'
import { createDocumentClients, type DocumentClients } from './client-documents/index.ts'
import { createRefresher } from './client-documents/refresher.ts'
import {
  CLIENT_AUTH_METHODS,
  clients,
  compareSecretsByDigest,
  leaveRedirectUrisToTheJudge,
  makeSecretsByMethod,
} from './clients.ts'
import { compose } from './compose.ts'
import { cookieNames, cookies } from './cookies.ts'
import { completeMetadata } from './discovery.ts'
import { dpop, judgeProofs } from './dpop.ts'
import { errors, type RenderErrorPage } from './errors.ts'
import { registerTokenExchange } from './exchange/grant-type.ts'
import { grants } from './grants.ts'
import { holdErrors } from './held-errors.ts'
import { requireInitialAccessToken } from './initial-access-token.ts'
import { createInteractionStates, type InteractionStates } from './interaction-state.ts'
import { interactions } from './interactions.ts'
import { namesKnownToTheEngine } from './internals.ts'
import { answerIntrospections, introspection } from './introspection.ts'
import { createAccessTokenReader } from './issued-access-token.ts'
import type { EngineObserver } from './observer.ts'
import { outgoing } from './outgoing.ts'
import { createPendingInteractions, type PendingInteractions } from './pending-interactions.ts'
import { pkce } from './pkce.ts'
import { pushedRequests } from './pushed-requests.ts'
import { deriveSuccessorIds } from './refresh-rotation.ts'
import { reportRefusals } from './refusals.ts'
import { answerRegistrations } from './registration-answer.ts'
import { manageRegistrations } from './registration-management.ts'
import { deriveCodesFromInteractions } from './repeated-codes.ts'
import type { Report } from './report.ts'
import { resourceIndicators } from './resource-indicators.ts'
import { answerRevocations, revocation } from './revocation.ts'
import { routes } from './routes.ts'
import { scopes } from './scopes.ts'
import { settleAfterEachRequest, type TakeProven } from './settle.ts'
import { signing } from './signing.ts'
import { storage } from './storage.ts'
import { surface } from './surface.ts'
import { tokens } from './tokens.ts'
import { ignoreUnacceptableClients } from './unacceptable-clients.ts'

export interface ProviderDeps {
  readonly settings: Settings
  readonly store: Store
  /** For whatever the engine fetches by itself. */
  readonly egress: Egress
  readonly sealer: Sealer
  readonly limitKey: LimitKey
  readonly takeProven: TakeProven
  readonly keyRing: KeyRing
  readonly renderErrorPage: RenderErrorPage
  readonly report: Report
  readonly observer: EngineObserver
  /** Path of the issuer: '' or '/tenant'. */
  readonly basePath: string
  /** Seconds since 1970. */
  readonly now: () => number
}

/** The engine, and what the pages need of it. */
export interface AuthorizationServer {
  /**
   * What answers requests, with the keys there are at this moment.
   * @throws SealedKeyError when there are none
   */
  engine(): Promise<(req: IncomingMessage, res: ServerResponse) => Promise<void>>
  /** The engine of the keys that were last asked for. */
  provider(): Provider
  readonly documentClients: DocumentClients
  readonly pendingInteractions: PendingInteractions
  readonly browserSessions: BrowserSessions
}

/**
 * Configures the engine from its slices. Every request to it must run inside a unit of work. The engine reads its keys once:
 * when they change, another one is made beside it, and a request ends with the one it began with.
 */
export async function createAuthorizationServer(deps: ProviderDeps): Promise<AuthorizationServer> {
  const parts = lastingParts(deps)
  let engine = createEngine(await deps.keyRing.current(), deps, parts)
  const provider = (): Provider => engine.provider
  return {
    provider,
    async engine() {
      const keys = await deps.keyRing.current()
      if (engine.keys !== keys) engine = createEngine(keys, deps, parts)
      return engine.handle
    },
    documentClients: parts.documentClients,
    pendingInteractions: createPendingInteractions({ ...parts, basePath: deps.basePath, now: deps.now }),
    browserSessions: createBrowserSessions({
      ...{ provider, formTokens: parts.formTokens, basePath: deps.basePath, now: deps.now },
      database: deps.store.database,
      sessions: deps.store.sessions,
      cookieNames: cookieNames(deps.settings.issuer),
      lifetimeSeconds: deps.settings.lifetimes.signInSessionSeconds,
    }),
  }
}

/** What remembers something, and so outlives the engine of one set of keys. */
interface LastingParts {
  readonly states: InteractionStates
  readonly formTokens: FormTokens
  readonly documentClients: DocumentClients
  readonly adapters: ReturnType<typeof createAdapters>
  /** Classes that people can sign in by here. */
  readonly acrs: readonly Acr[]
}

function lastingParts(deps: ProviderDeps): LastingParts {
  const { settings, store, sealer, limitKey, basePath, now } = deps
  const cookieName = cookieNames(settings.issuer).state
  const states = createInteractionStates({ sealer, rows: store.interactions, cookieName, basePath, now })
  const documentClients = documentClientsOf(deps)
  const successors = createSuccessors(sealer)
  const graceSeconds = settings.lifetimes.refreshGraceSeconds
  const managesClients = settings.registration.mode === 'token'
  const clientCache = createClientCache()
  const kept = { store, limitKey, documentClients, clientCache, managesClients, successors, states }
  const adapters = createAdapters({ ...kept, graceSeconds, now })
  const acrs = supportedAcrs(settings.issuer)
  return { states, documentClients, adapters, acrs, formTokens: createFormTokens(sealer) }
}

function createEngine(keys: SigningKeys, deps: ProviderDeps, parts: LastingParts) {
  const { settings, store, observer, now } = deps
  const { issuer, lifetimes } = settings
  const { algorithm } = keys
  const slices = slicesOf(keys, deps, parts)
  const provider = new Provider(issuer, compose(slices, namesKnownToTheEngine()))
  // The request arrives with the issuer's own scheme and host, whatever it said before.
  provider.proxy = true
  // The engine is an application inside ours, which hears of the same broken connection and says so.
  provider.silent = true
  compareSecretsByDigest(provider)
  makeSecretsByMethod(provider)
  leaveRedirectUrisToTheJudge(provider)
  ignoreUnacceptableClients(provider, deps.report)
  deriveSuccessorIds(provider)
  deriveCodesFromInteractions(provider, deps.sealer)
  reportRefusals(provider, deps.report)
  countRefusedTargets(provider, observer)
  holdErrors(provider)
  settleAfterEachRequest(provider, { ...deps, database: store.database, graceSeconds: lifetimes.refreshGraceSeconds })
  judgeProofs(provider, { ...deps, dpop: settings.dpop })
  completeMetadata(provider, { ...settings, registry: store.registry })
  answerRegistrations(provider, issuer)
  if (settings.registration.mode === 'token') {
    requireInitialAccessToken(provider, {
      issuer,
      token: settings.registration.initialAccessToken,
      report: deps.report,
    })
    manageRegistrations(provider, { issuer, clients: store.managedClients, report: deps.report })
  }
  const readAccessToken = createAccessTokenReader(issuer, deps.keyRing)
  registerTokenExchange(provider, { registry: store.registry, algorithm, readAccessToken, lifetimes, observer, now })
  const questions = { database: store.database, readAccessToken, report: deps.report }
  answerRevocations(provider, questions)
  answerIntrospections(provider, { ...questions, registry: store.registry, observer })
  acceptRawCredentials(provider)
  return { keys, provider, handle: provider.callback() }
}

function slicesOf(keys: SigningKeys, deps: ProviderDeps, { adapters, acrs }: LastingParts) {
  const { settings, store, basePath, now } = deps
  const { issuer, lifetimes, privateUseRedirects } = settings
  const { algorithm } = keys
  return {
    storage: storage(adapters),
    signing: signing(keys),
    clients: clients(settings, algorithm),
    clientAssertions: clientAssertions(issuer, now),
    pkce: pkce(),
    dpop: dpop(deps.sealer, settings.dpop),
    pushedRequests: pushedRequests(settings.pushedRequests),
    resourceIndicators: resourceIndicators(store.registry, algorithm),
    scopes: scopes(store.registry),
    tokens: tokens(store.registry, lifetimes, now),
    grants: grants(store.registry, lifetimes, now),
    accounts: accounts(store.consents),
    authenticationClasses: authenticationClasses(acrs),
    interactions: interactions({ basePath, privateUseRedirects, acrs }),
    cookies: cookies(issuer, settings.cookieKeys),
    revocation: revocation(),
    introspection: introspection(),
    errors: errors(deps.renderErrorPage, { consents: store.consents, privateUseRedirects }),
    routes: routes(),
    outgoing: outgoing(deps.egress, deps.report),
    surface: surface(),
  }
}

function documentClientsOf({ settings, store, egress, limitKey, report }: ProviderDeps): DocumentClients {
  const documents = store.clientDocuments
  const rules = { privateUseRedirects: settings.privateUseRedirects, authMethods: CLIENT_AUTH_METHODS }
  return createDocumentClients({
    documents,
    refresher: createRefresher({ documents, egress, rules, report }),
    limits: createFetchLimits({ limits: store.limits, limitKey }),
    settings: settings.clientDocuments,
    report,
  })
}
