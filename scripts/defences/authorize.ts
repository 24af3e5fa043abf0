import type { Change, Defence } from './defence.ts'

const REDIRECT_JUDGE = 'server/src/config/redirect-uri.ts'
const REGISTRATIONS = 'server/test/registration/refusals.test.ts'
const FORGERY = 'server/test/people/consent-forgery.test.ts'
const SECOND = 'server/test/people/second-authorization.test.ts'
const SESSION = 'server/test/people/session.test.ts'
const COOKIES = 'server/test/people/cookies.test.ts'
const PARAMETERS = 'server/test/authorize/parameters.test.ts'
const BRINGING = 'server/test/pushed-requests/bringing.test.ts'
const HELD = 'server/src/provider/held-errors.ts'

const errorsLeave: Change = {
  file: HELD,
  text: '  if (!answered && !(await isAgreed(ctx, redirectUri, rules))) return undefined\n',
  without: '',
}

/** Attacks on the authorization endpoint, its pages, and the sign-in: A01 to A43. */
export const AUTHORIZE: readonly Defence[] = [
  {
    attack: 'A03',
    what: 'a redirect URI is never guessed',
    off: [
      {
        file: 'server/src/provider/surface.ts',
        text: 'allowOmittingSingleRegisteredRedirectUri: false',
        without: 'allowOmittingSingleRegisteredRedirectUri: true',
      },
    ],
    test: {
      file: 'server/test/authorize/redirect-uri.test.ts',
      name: 'that is missing is not guessed, not even where only one is registered',
    },
  },
  {
    attack: 'A05',
    what: 'a redirect URI leads to the host that it shows',
    off: [
      { file: REDIRECT_JUDGE, text: "if (authority.includes('@'))", without: 'if (authority === undefined)' },
      { file: REDIRECT_JUDGE, text: "authority.toLowerCase().replace(/:\\d*$/, '') !== hostname", without: 'false' },
    ],
    test: { file: REGISTRATIONS, name: 'it shows one host and goes to another' },
  },
  {
    attack: 'A06',
    what: 'no wildcard in a redirect URI',
    off: [{ file: REDIRECT_JUDGE, text: "if (uri.includes('*'))", without: "if (uri === '*')" }],
    test: { file: REGISTRATIONS, name: 'it has a wildcard' },
  },
  {
    attack: 'A10',
    what: 'schemes that run or read are never taken',
    off: [
      {
        file: REDIRECT_JUDGE,
        text: 'if (REFUSED_SCHEMES.has(scheme)) return { ok: false,',
        without: "if (REFUSED_SCHEMES.has(scheme)) return { ok: true, kind: 'private-use',",
      },
    ],
    test: { file: REGISTRATIONS, name: 'it is a file' },
  },
  {
    attack: 'A11',
    what: 'private-use schemes by the operator’s list alone',
    off: [
      {
        file: REDIRECT_JUDGE,
        text: "return { ok: false, reason: 'uses a private-use scheme and host that are not listed in privateUseRedirects' }",
        without: "return { ok: true, kind: 'private-use' }",
      },
    ],
    test: { file: REGISTRATIONS, name: 'the operator did not list it' },
  },
  {
    attack: 'A12',
    what: 'a redirect URI holds the characters of a URI alone',
    off: [
      { file: REDIRECT_JUDGE, text: 'if (refusal !== undefined) return { ok: false, reason: refusal }', without: '' },
    ],
    test: { file: REGISTRATIONS, name: 'it ends a header' },
  },
  {
    attack: 'A14',
    what: 'an error goes to no redirect URI that is not the client’s',
    off: [
      errorsLeave,
      { file: HELD, text: 'redirectUri === undefined || !held.has(error)', without: 'redirectUri === undefined' },
      { file: HELD, text: ' && client?.redirectUriAllowed(redirectUri) === true', without: '' },
    ],
    test: { file: 'server/test/authorize/client.test.ts', name: 'a response type (A14)' },
  },
  {
    attack: 'A15',
    what: 'an error leaves for nobody who has not agreed to the client',
    off: [errorsLeave],
    test: {
      file: 'server/test/authorize/client.test.ts',
      name: 'is not sent by itself to a site that registered itself',
    },
  },
  {
    attack: 'A15',
    what: 'an error goes to a site that this person has seen named',
    off: [{ file: HELD, text: 'site: siteOfRedirect(redirectUri, privateUseRedirects),', without: 'site: undefined,' }],
    test: {
      file: 'server/test/authorize/error-redirects.test.ts',
      name: 'does not go to another site of the same client that the person has not seen named',
    },
  },
  {
    attack: 'A16',
    what: 'a code comes back in the query alone',
    off: [
      {
        file: 'server/src/http/parameters.ts',
        text: "value === 'query' ? value : UNKNOWN_RESPONSE_MODE",
        without: 'value',
      },
    ],
    test: { file: PARAMETERS, name: 'response_mode=fragment (A16)' },
  },
  {
    attack: 'A17',
    what: 'the state of an interaction opens at its own address alone',
    off: [
      {
        file: 'server/src/provider/interaction-state.ts',
        text: "table: 'interactions', rowId }) as const",
        without: "table: 'interactions', rowId: rowId.slice(0, 0) }) as const",
      },
    ],
    test: { file: FORGERY, name: 'A17: the state of another request' },
  },
  {
    attack: 'A18',
    what: 'every authorization has a code challenge',
    off: [{ file: 'server/src/provider/pkce.ts', text: 'required: () => true', without: 'required: () => false' }],
    test: { file: 'server/test/authorize/pkce.test.ts', name: 'none at all (A18' },
  },
  {
    attack: 'A22',
    what: 'no more parameters than any client sends',
    off: [
      {
        file: 'server/src/http/parameters.ts',
        text: 'const PARAMETERS_MAX = 100',
        without: 'const PARAMETERS_MAX = 100_000',
      },
    ],
    test: { file: PARAMETERS, name: 'ends with 400 when it has more parameters than any client sends' },
  },
  {
    attack: 'A23',
    what: 'what others wrote is text on our pages',
    off: [{ file: 'server/src/http/pages/index.ts', text: 'autoEscape: true', without: 'autoEscape: false' }],
    test: {
      file: 'server/test/people/consent-page.test.ts',
      name: 'a client name full of markup and a state full of markup stay words',
    },
  },
  {
    attack: 'A25',
    what: 'a pushed request counts once',
    off: [
      {
        file: 'server/src/store/pushed-requests.ts',
        text: 'AND consumed_at IS NULL AND expires_at > now()',
        without: 'AND expires_at > now()',
      },
    ],
    test: { file: BRINGING, name: 'counts once: brought again it is a page that says to start again' },
  },
  {
    attack: 'A26',
    what: 'a pushed request is its client’s alone',
    off: [
      {
        file: 'server/src/store/pushed-requests.ts',
        text: 'AND client_id = $2 AND consumed_at',
        without: 'AND $2::text IS NOT NULL AND consumed_at',
      },
    ],
    test: { file: BRINGING, name: 'of one client is not brought by another one' },
  },
  {
    attack: 'A27',
    what: 'a consent form has the token of its page',
    off: [
      {
        file: 'server/src/http/interaction/consent.ts',
        text: "  if (!deps.interactions.checkFormToken(pending, form.get('csrf') ?? '')) return answerForged(ctx, deps)\n",
        without: '',
      },
    ],
    test: { file: FORGERY, name: 'without its own token gets 403 and gives nothing' },
  },
  {
    attack: 'A27',
    what: 'the token of a form is bound to the interaction',
    off: [
      {
        file: 'server/src/provider/pending-interactions.ts',
        text: "return [uid, session?.uid ?? '']",
        without: "return [uid.slice(0, 0), session?.uid ?? '']",
      },
    ],
    test: { file: FORGERY, name: 'without its own token gets 403 and gives nothing' },
  },
  {
    attack: 'A27',
    what: 'a sign-in form has the token of its page',
    off: [
      {
        file: 'server/src/http/interaction/sign-in.ts',
        text: '  if (!deps.interactions.checkFormToken(pending, csrf)) return answerForged(ctx, deps)\n',
        without: '',
      },
    ],
    test: {
      file: 'server/test/people/sign-in.test.ts',
      name: 'refuses a form without the token of its page, and signs nobody in',
    },
  },
  {
    attack: 'A28',
    what: 'no page can be framed',
    off: [{ file: 'server/src/http/pages/headers.ts', text: `  "frame-ancestors 'none'",\n`, without: '' }],
    test: { file: 'server/test/people/consent-page.test.ts', name: 'cannot be framed, kept, or read from a referrer' },
  },
  {
    attack: 'A31',
    what: 'nobody passes without a page unless somebody vouches for the client',
    off: [
      {
        file: 'server/src/provider/interactions.ts',
        text: 'seenBefore && isVouchedFor(ctx.oidc.client)',
        without: 'seenBefore',
      },
    ],
    test: { file: SECOND, name: 'of a site that registered itself shows a page' },
  },
  {
    attack: 'A32',
    what: 'nobody passes without a page to a site that was not named before',
    off: [
      {
        file: 'server/src/provider/interactions.ts',
        text: 'site !== undefined && consent?.sites.has(site) === true',
        without: 'site !== undefined',
      },
    ],
    test: { file: SECOND, name: 'to another registered redirect is asked about once' },
  },
  {
    attack: 'A33',
    what: 'a session id that was replaced is soon none',
    off: [
      {
        file: 'server/src/store/sessions.ts',
        text: 'const RETIRED_ID_SECONDS = 30',
        without: 'const RETIRED_ID_SECONDS = 3_000',
      },
    ],
    test: { file: SESSION, name: 'an id that was replaced is retired within half a minute' },
  },
  {
    attack: 'A34',
    what: 'cookies are out of reach of scripts',
    off: [{ file: 'server/src/provider/cookies.ts', text: 'httpOnly: true', without: 'httpOnly: false' }],
    test: { file: COOKIES, name: 'are out of reach of scripts and stay with the site' },
  },
  {
    attack: 'A34',
    what: 'a browser refuses the session cookie from another host',
    off: [
      {
        file: 'server/src/provider/cookies.ts',
        text: "'__Host-sallyport_session'",
        without: "'sallyport_session'",
      },
    ],
    test: { file: COOKIES, name: 'are named so that a browser refuses them from plain http' },
  },
  {
    attack: 'A35',
    what: 'tries at one login from one source end',
    off: [
      {
        file: 'server/src/http/sign-in-tries.ts',
        text: 'const AT_ONCE = { burst: 5,',
        without: 'const AT_ONCE = { burst: 500,',
      },
    ],
    test: { file: 'server/test/people/tries.test.ts', name: 'are five at once, and then 429 with the time to wait' },
  },
  {
    attack: 'A35',
    what: 'tries of one source over all logins end',
    off: [
      {
        file: 'server/src/http/sign-in-tries.ts',
        text: 'const SOURCE = { burst: 100,',
        without: 'const SOURCE = { burst: 100_000,',
      },
    ],
    test: { file: 'server/test/people/tries.test.ts', name: 'that tries one password everywhere has a hundred tries' },
  },
  {
    attack: 'A36',
    what: 'nothing is issued for an account that was disabled',
    off: [
      {
        file: 'server/src/store/grants.ts',
        text: 'AND c.withdrawn_at IS NULL AND a.disabled_at IS NULL)`',
        without: 'AND c.withdrawn_at IS NULL)`',
      },
    ],
    test: { file: 'server/test/exchange/liveness.test.ts', name: 'the account was disabled (A36' },
  },
  {
    attack: 'A37',
    what: 'a form is answered so that no browser posts the password on',
    off: [{ file: 'server/src/http/interaction/answer.ts', text: 'ctx.status = 303', without: 'ctx.status = 307' }],
    test: { file: 'server/test/people/sign-in.test.ts', name: 'answers the form with 303' },
  },
  {
    attack: 'A38',
    what: 'the address of a page is told to nobody',
    off: [
      {
        file: 'server/src/http/pages/headers.ts',
        text: "'Referrer-Policy': 'no-referrer'",
        without: "'Referrer-Policy': 'unsafe-url'",
      },
    ],
    test: { file: 'server/test/authorize/error-page.test.ts', name: 'has strict headers' },
  },
  {
    attack: 'A39',
    what: 'an error says who it is from',
    off: [
      {
        file: HELD,
        text: 'Object.entries(out).filter(([, value]) => value !== undefined)',
        without: "Object.entries(out).filter(([name, value]) => name !== 'iss' && value !== undefined)",
      },
    ],
    test: { file: 'server/test/authorize/pkce.test.ts', name: 'is refused, with iss and state' },
  },
  {
    attack: 'A41',
    what: 'addresses come from the issuer, whatever Host says',
    off: [{ file: 'server/src/http/address.ts', text: '  req.headers.host = address.host\n', without: '' }],
    test: { file: 'server/test/metadata/address.test.ts', name: 'says the same to a request with' },
  },
]
