import { headerOf, type WireAnswer } from '../wire/message.ts'

/** Whose page it is that came where a machine was expected. */
export type Page = 'sign-in' | 'application' | 'page'

const SIGN_IN = /type=["']?password|SAMLRequest|<form[^>]*(?:login|log-in|sign-?in|sso|oauth2)|>\s*(?:sign|log) in\b/i
const APPLICATION = /<div[^>]*id=["']?(?:root|app|__next|___gatsby|svelte)\b|<app-root|<script[^>]*type=["']?module/i

/** @returns undefined for what is no page of HTML */
export function pageIn(answer: WireAnswer): Page | undefined {
  const isHtml =
    /^text\/html|^application\/xhtml/i.test(headerOf(answer, 'content-type') ?? '') ||
    /^\s*<(?:!doctype html|html)\b/i.test(answer.body)
  if (!isHtml) return undefined
  if (SIGN_IN.test(answer.body)) return 'sign-in'
  return APPLICATION.test(answer.body) ? 'application' : 'page'
}

export function isSignInAddress(url: string): boolean {
  const { hostname, pathname, search } = new URL(url)
  return (
    /(?:^|[/._-])(?:log-?in|sign-?in|sso|saml2?|auth|oauth2?|authorize|cdn-cgi\/access)(?:[/._-]|$)/i.test(pathname) ||
    /^(?:login|sso|auth|accounts|idp)\./i.test(hostname) ||
    /[?&](?:SAMLRequest|client_id|redirect_uri|rd|returnUrl)=/i.test(search)
  )
}

export const PAGE_WORDS: Readonly<Record<Page, string>> = {
  'sign-in': 'a sign-in page in HTML',
  application: 'the HTML of a web application',
  page: 'a page of HTML',
}
