import type { Provider } from 'oidc-provider'
import type { Database } from '../store/database.ts'
import { findGrant, type Grant } from '../store/grants.ts'
import { currentUnit, type Unit } from '../store/unit-of-work.ts'
import type { ReadAccessToken } from './issued-access-token.ts'
import { reportRefusal } from './refusals.ts'
import type { Report } from './report.ts'
import { ROUTES } from './routes.ts'
import type { Slice } from './slice.ts'
import { tokenQuestion } from './token-question.ts'

/**
 * Revocation. The engine proves the client and reads the form; it would refuse JWTs and knows grants only by their refresh
 * token, so what ends is decided behind it, for all tokens alike.
 * @see RFC 7009
 */
export function revocation(): Slice {
  return { features: { revocation: { enabled: true, allowedPolicy: () => false } } }
}

/** A token that was presented for revocation, and the grant that stands behind it. */
interface Presented {
  readonly grant: Pick<Grant, 'id' | 'clientId'>
  /** Client the token was issued to. */
  readonly issuedTo: string
}

/**
 * - `nothing`: there is no such token, or nothing of it is live. The client has what it wanted.
 * - `foreign`: the token of another client, which stays as it is.
 * - `exchanged`: a token of this client that was made from the grant of another one, which is not its to end.
 * - `end`: the client's own.
 */
export type RevocationDecision = 'nothing' | 'foreign' | 'exchanged' | 'end'

/** @see RFC 7009 §2.1 */
export function decideRevocation(clientId: string, presented: Presented | undefined): RevocationDecision {
  if (presented === undefined) return 'nothing'
  if (presented.issuedTo !== clientId) return 'foreign'
  return presented.grant.clientId === clientId ? 'end' : 'exchanged'
}

/**
 * Answers revocations: a token of the client's own, access or refresh, used up or not, ends its grant and nothing else. The
 * grant ends in the statement that is sent before the answer leaves; unknown and foreign tokens get the same answer.
 * @see RFC 7009 §2.1, §2.2
 */
export function answerRevocations(
  provider: Provider,
  deps: { database: Database; readAccessToken: ReadAccessToken; report: Report },
): void {
  provider.use(async (ctx, next) => {
    await next()
    const question = tokenQuestion(ctx, ROUTES.revocation)
    if (question === undefined) return
    const unit = currentUnit()
    const { clientId } = question.client
    const presented = await findPresented(question.token, unit, deps)
    const decision = decideRevocation(clientId, presented)
    ctx.set('Cache-Control', 'no-store')
    if (decision === 'exchanged') {
      // "Done" would be a lie: it works until it ends, and the grant behind it belongs to somebody else. @see RFC 7009 §2.2.1
      const refusal = { error: 'unsupported_token_type', reason: 'made from the grant of another client', clientId }
      reportRefusal(deps.report, 'revocation refused', refusal)
      ctx.status = 400
      ctx.body = { error: 'unsupported_token_type' }
      return
    }
    if (presented !== undefined && decision === 'end') unit.kills.set(presented.grant.id, 'revoked-by-client')
    if (presented !== undefined && decision === 'foreign') raiseAlarm(unit, presented, clientId, deps.report)
    ctx.status = 200
    ctx.body = ''
    ctx.remove('Content-Type')
  })
}

async function findPresented(
  token: string,
  unit: Unit,
  { database, readAccessToken }: { database: Database; readAccessToken: ReadAccessToken },
): Promise<Presented | undefined> {
  // The engine has looked for a refresh token; a used one, which it is not shown, still names its family.
  const family = unit.presented?.value === token ? unit.grants.get(unit.presented.grantId) : undefined
  if (family !== undefined) return { grant: family, issuedTo: family.clientId }
  const accessToken = await readAccessToken(token)
  const grant = accessToken && (await findGrant(database, accessToken.grantId))
  if (accessToken === undefined || grant === undefined) return undefined
  unit.grants.set(grant.id, grant)
  return { grant, issuedTo: accessToken.clientId }
}

/** Somebody holds a token that was never given to them: the operator has to know, the holder learns nothing. */
function raiseAlarm(unit: Unit, { grant: { id: grantId } }: Presented, presentedBy: string, report: Report): void {
  const grant = unit.grants.get(grantId)
  const code = 'SALLYPORT_E_GRANT'
  const { accountId, clientId, resourceUri } = grant ?? {}
  const detail = { presentedBy, foreignClient: true, killed: false, endpoint: 'revocation' }
  unit.events.push({
    type: 'token.refused',
    outcome: 'refused',
    code,
    accountId,
    clientId,
    resourceUri,
    grantId,
    detail,
  })
  report('warn', 'a client asked to revoke a token of another client', {
    correlationId: unit.correlationId,
    code,
    grantId,
    clientId: presentedBy,
  })
}
