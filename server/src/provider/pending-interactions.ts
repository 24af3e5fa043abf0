import { type Acr, judgeAcr } from '../config/authentication-class.ts'
import type { FormTokens } from '../keys/form-tokens.ts'
import type { SignedInBy } from '../store/sign-in-proof.ts'
import { UNMET_AUTHENTICATION } from './authentication-classes.ts'
import type { InteractionState, InteractionStates } from './interaction-state.ts'
import { ROUTES } from './routes.ts'

/** An authorization request that waits for a person. */
export interface PendingInteraction {
  readonly uid: string
  readonly prompt: 'login' | 'consent'
  readonly clientId: string
  /** Version of the client document that the authorization began with; undefined for a registered client. */
  readonly clientDigest: string | undefined
  readonly redirectUri: string
  readonly resourceUri: string
  /** Scopes the request asks for, defaults included. */
  readonly scopes: readonly string[]
  /** Those of them that were not agreed to before. */
  readonly newScopes: readonly string[]
  readonly resourceDefaulted: boolean
  /** The sign-in session that the consent belongs to. */
  readonly session: { readonly uid: string; readonly accountId: string } | undefined
  /** The weakest class that the person may sign in by; undefined where the client asks for none. */
  readonly neededAcr: Acr | undefined
  /** Account that has just proven itself on the sign-in page, before it becomes the session's. */
  readonly signedIn: string | undefined
  /** The person has said yes or no: the client is next. */
  readonly decided: boolean
  readonly loginHint: string | undefined
  /** Where the browser goes on, below the issuer. */
  readonly nextPath: string
  /** Proves that a form was made for this interaction and this session. */
  readonly formToken: string
}

/** What pages do with a pending interaction. */
export interface PendingInteractions {
  find(uid: string): Promise<PendingInteraction | undefined>
  /** Whether `token` belongs to a form of this interaction. */
  checkFormToken(pending: PendingInteraction, token: string): boolean
  signIn(pending: PendingInteraction, person: SignedInBy): Promise<void>
  agree(pending: PendingInteraction): Promise<void>
  refuse(pending: PendingInteraction): Promise<void>
  /** The person cannot sign in as surely as the client asks: it hears so, and nothing weaker is taken for it. @see RFC 9470 §5 */
  refuseAuthentication(pending: PendingInteraction): Promise<void>
  /** Forgets who was signed in, so that somebody else can sign in to the same request. */
  forgetPerson(pending: PendingInteraction): Promise<void>
}

/**
 * @param options.acrs classes that people can sign in by here
 * @param options.now seconds since 1970
 */
export function createPendingInteractions(options: {
  states: InteractionStates
  formTokens: FormTokens
  basePath: string
  acrs: readonly Acr[]
  now: () => number
}): PendingInteractions {
  const { states, formTokens, basePath, acrs, now } = options
  const change = async (
    uid: string,
    with_: (payload: Record<string, unknown>) => Record<string, unknown>,
  ): Promise<void> => {
    const state = await states.read(uid)
    if (state !== undefined) await states.write(uid, { ...state, payload: with_({ ...state.payload }) })
  }
  // A no needs nobody to be signed in still.
  const answerError = (uid: string, error: string, description: string): Promise<void> =>
    change(uid, (payload) => ({ ...payload, session: undefined, result: { error, error_description: description } }))
  return {
    async find(uid) {
      const state = await states.read(uid)
      if (state === undefined) return undefined
      const pending = describe(uid, state, { basePath, acrs })
      return { ...pending, formToken: formTokens.issue(formBinding(pending)) }
    },
    checkFormToken: (pending, token) => formTokens.check(formBinding(pending), token),
    signIn: (pending, { accountId, acr, amr, proof }) =>
      change(pending.uid, (payload) => ({
        ...payload,
        session: undefined,
        // The result travels on to the consent: without a time of its own, sign-in would be dated to the last click.
        result: { login: { accountId, acr, amr, proof, ts: now(), remember: true } },
      })),
    agree: (pending) =>
      change(pending.uid, (payload) => ({ ...payload, result: { ...lastSubmission(payload), consent: {} } })),
    refuse: (pending) => answerError(pending.uid, 'access_denied', 'the person refused the request'),
    refuseAuthentication: (pending) =>
      answerError(pending.uid, UNMET_AUTHENTICATION, 'the person cannot sign in as surely as acr_values asks'),
    forgetPerson: (pending) =>
      change(pending.uid, (payload) => ({
        ...payload,
        session: undefined,
        result: undefined,
        lastSubmission: undefined,
      })),
  }
}

function formBinding({ uid, session }: Pick<PendingInteraction, 'uid' | 'session'>): readonly string[] {
  return [uid, session?.uid ?? '']
}

function describe(
  uid: string,
  { payload, facts }: InteractionState,
  { basePath, acrs }: { basePath: string; acrs: readonly Acr[] },
): Omit<PendingInteraction, 'formToken'> {
  const { params = {}, prompt, session, result } = payload
  const details = prompt?.details ?? {}
  const judged = judgeAcr(facts.acrValues, undefined, acrs)
  return {
    uid,
    prompt: prompt?.name === 'login' ? 'login' : 'consent',
    clientId: text(params.client_id),
    clientDigest: facts.clientDigest,
    redirectUri: text(params.redirect_uri),
    resourceUri: text(params.resource),
    scopes: text(params.scope).split(' ').filter(Boolean),
    newScopes: Array.isArray(details.newScopes) ? details.newScopes.map(String) : [],
    resourceDefaulted: facts.resourceDefaulted,
    session: session?.uid && session.accountId ? { uid: session.uid, accountId: session.accountId } : undefined,
    neededAcr: judged.kind === 'unmet' ? judged.needed : undefined,
    signedIn: session === undefined ? result?.login?.accountId : undefined,
    decided: result?.consent !== undefined || result?.error !== undefined,
    loginHint: typeof params.login_hint === 'string' ? params.login_hint : undefined,
    nextPath: `${basePath}${ROUTES.authorization}/${uid}`,
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function lastSubmission(payload: Record<string, unknown>): object {
  return typeof payload.lastSubmission === 'object' && payload.lastSubmission !== null ? payload.lastSubmission : {}
}
