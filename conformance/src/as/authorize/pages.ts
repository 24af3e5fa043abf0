import type { Check } from '../../check/check.ts'
import { doubtful, faulty, notApplicable, sound } from '../../check/finding.ts'
import { headerOf, headersOf, type WireAnswer } from '../../wire/message.ts'
import { asking } from '../asking.ts'
import type { AuthorizationServerSubject } from '../subject.ts'
import { flowOf } from './pkce.ts'

export const formRedirects: Check<AuthorizationServerSubject> = {
  id: 'as-form-redirects',
  requirement: 'AS-AZ-12',
  title: 'A form with credentials is not sent on',
  risk: 'By 307 and 308 a browser repeats the form, password included, at wherever it is sent.',
  sends: 'A sign-in from the request to the code.',
  expects: '302 or 303 in answer to a form, or a page.',
  remedies: { general: 'Redirect by 303 after a POST.' },
  run: asking(async (subject) => {
    await flowOf(subject).first.recall()
    const forms = subject.wire.exchanges.filter(
      ({ request, answer }) => request.method === 'POST' && answer !== undefined && isForm(request.headers),
    )
    const repeated = forms.filter(({ answer }) => answer?.status === 307 || answer?.status === 308)
    if (repeated.length > 0) return faulty(`${repeated[0]?.answer?.status} in answer to ${repeated[0]?.request.url}`)
    return forms.length === 0 ? notApplicable('no form was sent') : sound(`${forms.length} forms`)
  }),
}

/** A browser says where its form comes from; a token request does not. */
const isForm = (headers: readonly (readonly [string, string])[]): boolean =>
  headers.some(([name]) => name.toLowerCase() === 'origin')

export const pagesUnframed: Check<AuthorizationServerSubject> = {
  id: 'as-pages-unframed',
  requirement: 'AS-AZ-13',
  title: 'Pages for sign-in and consent cannot be put into a frame',
  risk: 'A page of an attacker lays the button for consent under a button of its own.',
  sends: 'A sign-in from the request to the code.',
  expects: '`frame-ancestors` in Content-Security-Policy, or X-Frame-Options, on every page.',
  remedies: { general: "Send `Content-Security-Policy: frame-ancestors 'none'` and `X-Frame-Options: DENY`." },
  run: asking(async (subject) => {
    const { pages } = await flowOf(subject).first.recall()
    const forms = pages.filter(({ body }) => /<form\b/i.test(body))
    if (forms.length === 0) return notApplicable('there was no page with a form')
    const open = forms.filter((page) => !isUnframed(page))
    // A script on the page may do the same, and a server may do without cookies.
    return open.length === 0
      ? sound(`${forms.length} pages`)
      : doubtful(`${open.length} of ${forms.length} pages say nothing`)
  }),
}

function isUnframed(page: WireAnswer): boolean {
  const policies = headersOf(page, 'content-security-policy').join(';')
  return /frame-ancestors/i.test(policies) || /^(?:deny|sameorigin)$/i.test(headerOf(page, 'x-frame-options') ?? '')
}
