import type { Provider } from 'oidc-provider'
import { type AccessTokenLiveness, findLiveAccessToken } from '../store/access-tokens.ts'
import type { Database } from '../store/database.ts'
import type { ResourceRegistry } from '../store/resource-registry.ts'
import { actorsOf, readActor } from './exchange/subject-token.ts'
import type { IssuedAccessToken, ReadAccessToken } from './issued-access-token.ts'
import type { EngineObserver } from './observer.ts'
import { reportRefusal } from './refusals.ts'
import type { Report } from './report.ts'
import { ROUTES } from './routes.ts'
import type { Slice } from './slice.ts'
import { tokenQuestion } from './token-question.ts'

/**
 * Introspection of access tokens. The engine proves the client and reads the form; it knows only tokens it keeps, and those
 * are refresh tokens, which no resource has any business with.
 * @see RFC 7662
 */
export function introspection(): Slice {
  return { features: { introspection: { enabled: true, allowedPolicy: () => false } } }
}

/** Claims a resource is told, where the token has them. @see RFC 7662 §2.2, RFC 8693 §4.1, RFC 9470 §6.2 */
const TOLD = [
  'iss',
  'sub',
  'aud',
  'client_id',
  'scope',
  'exp',
  'iat',
  'jti',
  'gid',
  'auth_time',
  'acr',
  'act',
  'cnf',
  'cid',
]

// One value for everything a caller may not know: whether a token exists, has ended, or is for somebody else.
const INACTIVE = { active: false } as const

interface IntrospectionDeps {
  readonly database: Database
  readonly registry: ResourceRegistry
  readonly readAccessToken: ReadAccessToken
  readonly observer: EngineObserver
  readonly report: Report
}

/**
 * Answers introspections: what a token says to the client that owns the resource it is for, as long as token, grant,
 * consent and account are live; to everybody else the one answer that tells nothing.
 * @see RFC 7662 §2.1, §2.2, §4
 */
export function answerIntrospections(provider: Provider, deps: IntrospectionDeps): void {
  provider.use(async (ctx, next) => {
    await next()
    if (ctx.path !== ROUTES.introspection) return
    // Servers ask, no page does: what the engine allows scripts of other origins is taken back.
    for (const name of Object.keys(ctx.response.headers)) if (name.startsWith('access-control-')) ctx.remove(name)
    const question = tokenQuestion(ctx, ROUTES.introspection)
    if (question === undefined) return
    ctx.set('Cache-Control', 'no-store')
    // A public client proves nothing, and whoever guesses tokens has one. @see RFC 7662 §2.1
    if (question.client.clientAuthMethod === 'none') {
      const { clientId } = question.client
      const refusal = { error: 'invalid_client', reason: 'a public client proves nothing', clientId }
      reportRefusal(deps.report, 'introspection refused', refusal)
      ctx.status = 401
      ctx.body = { error: 'invalid_client' }
      return
    }
    const { token, client } = question
    ctx.status = 200
    ctx.body = await introspect(token, client.clientId, deps)
  })
}

async function introspect(
  token: string,
  clientId: string,
  { database, registry, readAccessToken, observer }: IntrospectionDeps,
): Promise<Readonly<Record<string, unknown>>> {
  const issued = await readAccessToken(token)
  const hangsOn = issued && livenessOf(issued)
  if (issued === undefined || hangsOn === undefined) return INACTIVE
  const live = await findLiveAccessToken(database, { ...hangsOn, ownerClientId: clientId })
  if (live !== undefined) return buildIntrospection(issued, live.takenBack)
  const resource = (await registry.current()).byUri(issued.audience)
  if (resource !== undefined && resource.ownerClientId !== clientId) observer.audienceRefused('introspection')
  return INACTIVE
}

/** What the token hangs on; undefined where that cannot be told, because it names actors that cannot be read. */
function livenessOf(issued: IssuedAccessToken): Omit<AccessTokenLiveness, 'ownerClientId'> | undefined {
  const { grantId, accountId, audience, expiresAt, claims } = issued
  const act = readActor(claims.act)
  if (claims.act !== undefined && act === undefined) return undefined
  return { grantId, accountId, audience, expiresAt, actors: actorsOf(act) }
}

function buildIntrospection(
  { claims }: IssuedAccessToken,
  takenBack: readonly string[],
): Readonly<Record<string, unknown>> {
  const told = TOLD.map((name) => [name, claims[name]] as const).filter(([, value]) => value !== undefined)
  const scopes = typeof claims.scope === 'string' ? claims.scope.split(' ') : []
  const scope = scopes.filter((each) => !takenBack.includes(each)).join(' ')
  return { active: true, ...Object.fromEntries(told), scope, token_type: isBoundToKey(claims.cnf) ? 'DPoP' : 'Bearer' }
}

function isBoundToKey(cnf: unknown): boolean {
  return typeof cnf === 'object' && cnf !== null && 'jkt' in cnf
}
