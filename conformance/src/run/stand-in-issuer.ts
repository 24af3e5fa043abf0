import { signCompact } from '../issuer/compact.ts'
import type { Header, WireAnswer, WireRequest } from '../wire/message.ts'

/**
 * Answers as an authorization server would that registers clients and asks for a password, without any server: what the plan of
 * a sign-in needs.
 * @returns undefined for what is no request to it
 */
export function answerAsIssuer(request: WireRequest, issuer: string): WireAnswer | undefined {
  const url = new URL(request.url)
  if (url.origin !== new URL(issuer).origin) return undefined
  if (/\/\.well-known\/(?:oauth-authorization-server|openid-configuration)/.test(url.pathname))
    return json(200, metadataOf(issuer))
  const form = new URLSearchParams(request.body ?? '')
  switch (url.pathname.replace(/^.*\//, '')) {
    case 'register':
      return json(201, { client_id: 'client-to-come', token_endpoint_auth_method: 'none' })
    case 'authorize':
      return page(`<form method="post" action="sign-in${url.search.replaceAll('&', '&amp;')}">
        <input name="login"><input name="password" type="password"><button>Sign in</button></form>`)
    case 'sign-in':
      return found(url)
    case 'token':
      return json(200, {
        access_token: tokenFor(issuer, form),
        token_type: 'Bearer',
        scope: form.get('scope') ?? undefined,
      })
    case 'revoke':
      return json(200, {})
    default:
      return undefined
  }
}

function metadataOf(issuer: string): object {
  const base = issuer.replace(/\/$/, '')
  const endpoints = ['authorization', 'token', 'registration', 'revocation'].map((name) => {
    const path = { authorization: 'authorize', token: 'token', registration: 'register', revocation: 'revoke' }[name]
    return [`${name}_endpoint`, `${base}/${path}`]
  })
  return { issuer, ...Object.fromEntries(endpoints) }
}

function found({ searchParams }: URL): WireAnswer {
  const to = new URL(searchParams.get('redirect_uri') ?? 'http://127.0.0.1/')
  to.searchParams.set('code', 'code-to-come')
  to.searchParams.set('state', searchParams.get('state') ?? '')
  return { status: 302, headers: [['location', to.href]], body: '', truncated: false }
}

/** Names its audience, as real ones do, so that those for others are told apart. */
function tokenFor(issuer: string, form: URLSearchParams): string {
  const claims = { iss: issuer, aud: form.get('resource') ?? issuer, scope: form.get('scope') ?? undefined }
  return signCompact({ alg: 'none', typ: 'at+jwt' }, JSON.stringify(claims), { kind: 'none' })
}

function page(body: string): WireAnswer {
  return answer(200, 'text/html', `<!doctype html>${body}`)
}

function json(status: number, body: object): WireAnswer {
  return answer(status, 'application/json', JSON.stringify(body))
}

function answer(status: number, type: string, body: string): WireAnswer {
  const headers: readonly Header[] = [['content-type', type]]
  return { status, headers, body, truncated: false }
}
