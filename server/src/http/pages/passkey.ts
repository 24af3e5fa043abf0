import { buildTitle, type Page } from './frame.ts'
import { MESSAGES } from './messages.ts'
import { buildSentence } from './sentence.ts'
import type { ConfirmView, NewPasskeyView, PasskeyView } from './views.ts'

/** A form that the script fills in. */
interface PasskeyForm {
  readonly action: string
  readonly csrf: string
  readonly options: string
  readonly ceremony: 'get' | 'create'
  readonly label: string
  /** Whether it is what the page is there for. */
  readonly isMain: boolean
  readonly fields: Readonly<Record<string, string>>
  /** What the field for a name comes with; no such field where left out. */
  readonly name?: string
}

export function buildPasskeySignIn(form: {
  action: string
  csrf: string
  passkey: PasskeyView
  isMain: boolean
}): PasskeyForm {
  const { action, csrf, isMain } = form
  const { options } = form.passkey
  return { action, csrf, options, ceremony: 'get', label: MESSAGES.passkeySignIn, isMain, fields: {} }
}

/** Where a person shows who they are before passkeys are added or removed. */
export function buildConfirm(view: ConfirmView): Page {
  const { login, action, csrf, wish, error, passkey, accountPath } = view
  const fields = wish.kind === 'add' ? { change: 'add-passkey' } : { change: 'remove-passkey', passkey: wish.id }
  const purpose =
    wish.kind === 'add'
      ? buildSentence(MESSAGES.confirmAdd, { login })
      : buildSentence(MESSAGES.confirmRemove, { login, name: wish.name })
  const label = MESSAGES.confirmByPasskey
  return {
    frame: frameOf(view, MESSAGES.confirmHeading, passkey),
    template: 'confirm',
    content: {
      ...{ action, csrf, login, purpose, error, fields, accountPath },
      passkey: passkey && { action, csrf, options: passkey.options, ceremony: 'get', label, isMain: true, fields },
    },
  }
}

/** Where a passkey gets its name and is made. */
export function buildNewPasskey(view: NewPasskeyView): Page {
  const { action, csrf, passkey, name, accountPath } = view
  const form: PasskeyForm = {
    ...{ action, csrf, options: passkey.options, ceremony: 'create', isMain: true, name },
    label: MESSAGES.createPasskey,
    fields: { change: 'save-passkey' },
  }
  return {
    frame: frameOf(view, MESSAGES.addPasskey, passkey),
    template: 'new-passkey',
    content: { passkey: form, accountPath },
  }
}

function frameOf(view: ConfirmView | NewPasskeyView, heading: string, passkey: PasskeyView | undefined): Page['frame'] {
  const { issuerHost, correlationId, login } = view
  return {
    title: buildTitle(heading, 'error' in view ? view.error : undefined),
    issuerHost,
    hasScript: passkey !== undefined,
    signedInAs: buildSentence(MESSAGES.signedInAs, { login }),
    footerRequestId: correlationId,
  }
}
