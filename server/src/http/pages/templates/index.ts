import { ACCOUNT } from './account.ts'
import { ACCOUNT_PASSKEYS } from './account-passkeys.ts'
import { ACCOUNT_SIGN_IN } from './account-sign-in.ts'
import { ALERT } from './alert.ts'
import { CONFIRM } from './confirm.ts'
import { CONSENT } from './consent.ts'
import { CONTINUE_ON } from './continue-on.ts'
import { CREDENTIALS } from './credentials.ts'
import { ERROR } from './error.ts'
import { FACTS } from './facts.ts'
import { LAYOUT } from './layout.ts'
import { NEW_PASSKEY } from './new-passkey.ts'
import { PASSKEY } from './passkey.ts'
import { PERMISSION } from './permission.ts'
import { SENTENCE } from './sentence.ts'
import { SIGN_IN } from './sign-in.ts'
import { SIGN_OUT } from './sign-out.ts'
import { SIGNED_OUT } from './signed-out.ts'

/** Every template by the name it is included by. Modules, because the compiler copies no other files into a package. */
export const TEMPLATES = {
  layout: LAYOUT,
  sentence: SENTENCE,
  alert: ALERT,
  facts: FACTS,
  permission: PERMISSION,
  'sign-in': SIGN_IN,
  consent: CONSENT,
  'continue-on': CONTINUE_ON,
  error: ERROR,
  'sign-out': SIGN_OUT,
  'signed-out': SIGNED_OUT,
  credentials: CREDENTIALS,
  'account-sign-in': ACCOUNT_SIGN_IN,
  account: ACCOUNT,
  'account-passkeys': ACCOUNT_PASSKEYS,
  passkey: PASSKEY,
  confirm: CONFIRM,
  'new-passkey': NEW_PASSKEY,
} as const

export type TemplateName = keyof typeof TEMPLATES
