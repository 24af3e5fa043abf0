import type { Context } from 'koa'
import { PASSKEYS_MAX, type Passkey } from '../../store/passkeys.ts'
import { currentUnit } from '../../store/unit-of-work.ts'
import { type Authentication, authenticate, tellRefusal } from '../authenticate.ts'
import type { InteractionDeps, SignedIn } from '../interaction/ports.ts'
import { displayName } from '../pages/index.ts'
import type { PasskeyCeremonies } from '../passkeys/index.ts'
import { answerAccountPage, moveToAccount, WRONG_PASSWORD } from './answer.ts'
import { renderAccount } from './show.ts'

const NOT_ADDED = 'The passkey was not added. Try once more.'
const TOO_MANY = `There are ${PASSKEYS_MAX} passkeys. Remove one before you add another.`

/** What is to be done once the person has shown who they are. */
type Wish = { readonly kind: 'add' } | { readonly kind: 'remove'; readonly passkey: Passkey }

/** Who asks for it, and what there is. */
interface Asked {
  readonly session: SignedIn
  readonly form: URLSearchParams
  readonly csrf: string
  readonly owned: readonly Passkey[]
  /** Those of them that are not suspended. */
  readonly working: readonly Passkey[]
  /**
   * Whoever has a passkey that works shows it: with the password alone, whoever got to know it could add a passkey of their own,
   * and be taken for more than somebody who knows a password.
   */
  readonly by: 'passkey' | 'password'
  readonly ceremonies: PasskeyCeremonies
}

/** Takes a form about passkeys. Before anything changes the person shows once more who they are, for this one change. */
export async function takePasskeyForm(
  ctx: Context,
  session: SignedIn,
  form: URLSearchParams,
  deps: InteractionDeps,
): Promise<void> {
  const ceremonies = deps.passkeyCeremonies
  if (ceremonies === undefined) return moveToAccount(ctx, deps.basePath, '')
  const owned = await deps.passkeys.list(session.accountId)
  const working = owned.filter(({ suspendedAt }) => suspendedAt === undefined)
  const by = working.length > 0 ? 'passkey' : 'password'
  const asked: Asked = { session, form, csrf: form.get('csrf') ?? '', owned, working, by, ceremonies }
  if (form.get('change') === 'save-passkey') return savePasskey(ctx, asked, deps)
  const wish = wishOf(asked)
  if (wish === undefined) return moveToAccount(ctx, deps.basePath, '')
  if (wish.kind === 'add' && owned.length >= PASSKEYS_MAX) {
    return answerAccountPage(ctx, 400, await renderAccount(session, deps, { error: TOO_MANY }))
  }
  const proven = await prove(asked, wish, deps)
  if (proven === undefined) return answerAccountPage(ctx, 200, await renderConfirm(asked, wish, deps), by === 'passkey')
  if (proven.ok) return fulfil(ctx, asked, wish, deps)
  const { status, error } = tellRefusal(ctx, proven, WRONG_PASSWORD)
  answerAccountPage(ctx, status, await renderConfirm(asked, wish, deps, error), by === 'passkey')
}

/** Whose it is comes from the session, never from the form. What was removed already is no error: it is gone. */
function wishOf({ form, owned }: Asked): Wish | undefined {
  if (form.get('change') === 'add-passkey') return { kind: 'add' }
  const passkey = owned.find(({ id }) => id === form.get('passkey'))
  return passkey && { kind: 'remove', passkey }
}

/** @returns undefined where nothing was shown yet */
async function prove(
  { session, form, csrf, by, ceremonies }: Asked,
  wish: Wish,
  deps: InteractionDeps,
): Promise<Authentication | undefined> {
  const shown = form.get(by === 'passkey' ? 'credential' : 'password')
  if (shown === null) return undefined
  if (by === 'passkey') return ceremonies.prove(shown, confirmBinding(wish, csrf), session.accountId)
  return authenticate(session.login, shown, deps)
}

/** Signed for one change, it is of no use for another. */
function confirmBinding(wish: Wish, csrf: string): readonly string[] {
  return wish.kind === 'add' ? ['confirm add', csrf] : ['confirm remove', wish.passkey.id, csrf]
}

/** The challenge of a new passkey says that the person showed who they are, and by what. */
function addBinding(by: Asked['by'], csrf: string): readonly string[] {
  return ['add', by, csrf]
}

async function fulfil(ctx: Context, asked: Asked, wish: Wish, deps: InteractionDeps): Promise<void> {
  const { session } = asked
  if (wish.kind === 'add') return answerAccountPage(ctx, 200, await renderNewPasskey(asked, deps), true)
  const { correlationId } = currentUnit()
  const { accountId, uid: exceptSession } = session
  await deps.passkeys.remove({ accountId, id: wish.passkey.id, exceptSession, correlationId })
  moveToAccount(ctx, deps.basePath, '')
}

async function savePasskey(ctx: Context, asked: Asked, deps: InteractionDeps): Promise<void> {
  const { session, form, csrf, owned, ceremonies } = asked
  const { ok } = await ceremonies.enrol(form.get('credential') ?? '', {
    accountId: session.accountId,
    name: displayName(form.get('name') ?? '', nextName(owned)),
    bindings: [
      { binding: addBinding('passkey', csrf), onlyAsFirst: false },
      { binding: addBinding('password', csrf), onlyAsFirst: true },
    ],
  })
  if (ok) return moveToAccount(ctx, deps.basePath, '')
  answerAccountPage(ctx, 400, await renderAccount(session, deps, { error: NOT_ADDED }))
}

function nextName(owned: readonly Passkey[]): string {
  return `Passkey ${owned.length + 1}`
}

async function renderConfirm(asked: Asked, wish: Wish, deps: InteractionDeps, error?: string): Promise<string> {
  const { session, working, by, ceremonies } = asked
  const binding = confirmBinding(wish, session.formToken)
  const passkey = by === 'passkey' ? { options: await ceremonies.requestOptions(binding, working) } : undefined
  return deps.pages.confirm({
    ...frameOf(session, deps),
    wish: wish.kind === 'add' ? wish : { kind: 'remove', id: wish.passkey.id, name: wish.passkey.name },
    ...(passkey === undefined ? {} : { passkey }),
    ...(error === undefined ? {} : { error }),
  })
}

async function renderNewPasskey({ session, owned, by, ceremonies }: Asked, deps: InteractionDeps): Promise<string> {
  const { accountId, login, formToken } = session
  const options = await ceremonies.creationOptions(addBinding(by, formToken), { accountId, login, existing: owned })
  return deps.pages.newPasskey({ ...frameOf(session, deps), passkey: { options }, name: nextName(owned) })
}

function frameOf({ login, formToken: csrf }: SignedIn, { issuerHost, basePath }: InteractionDeps) {
  const accountPath = `${basePath}/account`
  const { correlationId } = currentUnit()
  return { issuerHost, correlationId, login, csrf, action: accountPath, accountPath }
}
