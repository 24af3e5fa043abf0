import type { Answers } from './browser.ts'
import type { Control, Form, Page } from './page.ts'

const ALLOW = /\b(?:allow|approve|authori[sz]e|accept|continue|yes|confirm|grant|consent|agree|proceed|ok)\b/i
const DENY = /\b(?:deny|cancel|reject|refuse|decline|disallow|disagree|abort|no)\b/i
/** Forms that make an account have a password too. */
const SIGN_UP = /\b(?:sign|register|create)[ -]?(?:up|er|(?:an )?account)\b|\bregister\b/i
const WHO = /log.?in|user|e-?mail|ident|account|name/i
const ERROR = /\b(?:error|invalid|denied|forbidden|not found|failed|went wrong)\b/i
/** The page says what their value is; a person only takes them or not. */
const GIVEN = new Set(['hidden', 'checkbox', 'radio', 'submit'])
const NEVER_SENT = new Set(['image', 'button', 'reset', 'file'])
const TYPED = new Set(['text', 'email', 'tel', 'search', 'url'])

/** What a person does on a page. */
export type Step =
  | {
      readonly kind: 'submit'
      readonly purpose: 'sign-in' | 'login' | 'consent'
      readonly form: Form
      readonly entries: readonly Entry[]
    }
  | { readonly kind: 'follow'; readonly url: string }
  | { readonly kind: 'error page' }
  | { readonly kind: 'stuck'; readonly why: string }

export type Entry = readonly [name: string, value: string]

/**
 * Decides what a person does on a page: signs in where a password is asked for, decides where there is a decision, goes on where
 * the page goes on. Other buttons are not pressed, because nobody knows what they do.
 */
export function nextStep(page: Page, status: number, answers: Answers): Step {
  const step = signInStep(page, answers) ?? consentStep(page, answers) ?? loginStep(page, answers)
  if (step !== undefined) return step
  const next = page.refresh ?? page.links.find(({ rel }) => /(?:^|\s)next(?:\s|$)/i.test(rel))?.href
  if (next !== undefined) return { kind: 'follow', url: next }
  if (status >= 400) return { kind: 'error page' }
  if (page.hasScripts) return { kind: 'stuck', why: 'the page needs JavaScript' }
  if (ERROR.test(page.text) && page.forms.length === 0) return { kind: 'error page' }
  return { kind: 'stuck', why: 'the page has no form to sign in or to decide by, and does not go on' }
}

function signInStep({ forms }: Page, answers: Answers): Step | undefined {
  const withPassword = forms.filter(({ controls }) => controls.filter(({ kind }) => kind === 'password').length === 1)
  const form = withPassword.find((each) => !buttonsOf(each).some(({ text }) => SIGN_UP.test(text)))
  if (form === undefined) return undefined
  const who =
    form.controls.find(({ kind, name }) => TYPED.has(kind) && WHO.test(name)) ??
    form.controls.find(({ kind }) => TYPED.has(kind))
  const password = form.controls.find(({ kind }) => kind === 'password')
  const typed = new Map<Control | undefined, string>([
    [who, answers.person.login],
    [password, answers.person.password],
  ])
  const button = buttonsOf(form).find(({ text, value }) => !DENY.test(`${text} ${value}`))
  return { kind: 'submit', purpose: 'sign-in', form, entries: entriesOf(form, button, answers, typed) }
}

/** Some servers ask who it is first, and for the password on the next page. */
function loginStep({ forms }: Page, answers: Answers): Step | undefined {
  for (const form of forms) {
    const typed = form.controls.filter(({ kind }) => TYPED.has(kind))
    const [who] = typed
    if (who === undefined || typed.length !== 1 || !WHO.test(who.name) || form.method !== 'post') continue
    const button = buttonsOf(form).find(({ text, value }) => !DENY.test(`${text} ${value}`))
    const entries = entriesOf(form, button, answers, new Map([[who, answers.person.login]]))
    return { kind: 'submit', purpose: 'login', form, entries }
  }
  return undefined
}

function consentStep({ forms, links }: Page, answers: Answers): Step | undefined {
  const decided = answers.decision === 'allow' ? isAllow : isDeny
  for (const form of forms) {
    if (form.controls.some(({ kind }) => TYPED.has(kind))) continue
    const button = buttonsOf(form).find(decided)
    if (button !== undefined)
      return { kind: 'submit', purpose: 'consent', form, entries: entriesOf(form, button, answers) }
  }
  if (answers.decision === 'allow' || !forms.some((form) => buttonsOf(form).some(isAllow))) return undefined
  const refusal = links.find(({ text }) => DENY.test(text))
  if (refusal !== undefined) return { kind: 'follow', url: refusal.href }
  return { kind: 'stuck', why: 'the page can be agreed to and has nothing to deny by' }
}

function buttonsOf({ controls }: Form): readonly Control[] {
  return controls.filter(({ kind, disabled }) => (kind === 'submit' || kind === 'image') && !disabled)
}

/** The value decides before the words: "Do not allow" has value `deny`. */
function isDeny({ name, value, text }: Control): boolean {
  if (isOneWord(value)) return DENY.test(value) || (!ALLOW.test(value) && DENY.test(text))
  return DENY.test(`${text} ${name}`)
}

function isAllow(button: Control): boolean {
  return !isDeny(button) && ALLOW.test(`${button.value} ${button.text} ${button.name}`)
}

const isOneWord = (value: string): boolean => /^[a-z]+$/i.test(value)

/** What a browser sends of a form: every named field that is not switched off, and of the buttons the pressed one alone. */
function entriesOf(
  form: Form,
  pressed: Control | undefined,
  { scopes, choices = {} }: Answers,
  typed: ReadonlyMap<Control | undefined, string> = new Map(),
): readonly Entry[] {
  const isSent = (control: Control): boolean => {
    if (control.name === '' || control.disabled) return false
    if (NEVER_SENT.has(control.kind)) return false
    if (control.kind === 'submit') return control === pressed
    if (control.kind === 'checkbox') return isTicked(control, scopes)
    const chosen = control.kind === 'radio' ? choices[control.name] : undefined
    return control.kind !== 'radio' || (chosen === undefined ? control.checked : chosen === control.value)
  }
  return form.controls.filter(isSent).map((control) => {
    const isWritten = !GIVEN.has(control.kind)
    return [control.name, (isWritten ? (typed.get(control) ?? choices[control.name]) : undefined) ?? control.value]
  })
}

function isTicked({ name, value, checked }: Control, scopes: readonly string[] | undefined): boolean {
  return scopes !== undefined && /scope|permission/i.test(name) ? scopes.includes(value) : checked
}
