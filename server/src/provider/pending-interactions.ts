import type { FormTokens } from '../keys/form-tokens.ts'
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
  /** @param person.passwordVersion of the password that was proven; without it the sign-in outlives a change */
  signIn(
    pending: PendingInteraction,
    person: { accountId: string; amr: readonly string[]; passwordVersion: string },
  ): Promise<void>
  agree(pending: PendingInteraction): Promise<void>
  refuse(pending: PendingInteraction): Promise<void>
  /** Forgets who was signed in, so that somebody else can sign in to the same request. */
  forgetPerson(pending: PendingInteraction): Promise<void>
}

/** @param options.now seconds since 1970 */
export function createPendingInteractions(options: {
  states: InteractionStates
  formTokens: FormTokens
  basePath: string
  now: () => number
}): PendingInteractions {
  const { states, formTokens, basePath, now } = options
  const change = async (
    uid: string,
    with_: (payload: Record<string, unknown>) => Record<string, unknown>,
  ): Promise<void> => {
    const state = await states.read(uid)
    if (state !== undefined) await states.write(uid, { ...state, payload: with_({ ...state.payload }) })
  }
  return {
    async find(uid) {
      const state = await states.read(uid)
      if (state === undefined) return undefined
      const pending = describe(uid, state, basePath)
      return { ...pending, formToken: formTokens.issue(formBinding(pending)) }
    },
    checkFormToken: (pending, token) => formTokens.check(formBinding(pending), token),
    signIn: (pending, { accountId, amr, passwordVersion }) =>
      change(pending.uid, (payload) => ({
        ...payload,
        session: undefined,
        // The result travels on to the consent: without a time of its own, sign-in would be dated to the last click.
        result: { login: { accountId, amr, passwordVersion, ts: now(), remember: true } },
      })),
    agree: (pending) =>
      change(pending.uid, (payload) => ({ ...payload, result: { ...lastSubmission(payload), consent: {} } })),
    refuse: (pending) =>
      change(pending.uid, (payload) => ({
        ...payload,
        // A no needs nobody to be signed in still.
        session: undefined,
        result: { error: 'access_denied', error_description: 'the person refused the request' },
      })),
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
  basePath: string,
): Omit<PendingInteraction, 'formToken'> {
  const { params = {}, prompt, session, result } = payload
  const details = prompt?.details ?? {}
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
