import { type Browser, fieldOf } from '../setup/browser.ts'

const REDIRECT = 'http://127.0.0.1:51234/callback'

/** Registers a public client at the issuer, as MCP clients do, and returns its id. */
export async function registerClient(issuer: string): Promise<string> {
  const response = await fetch(`${issuer}/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ redirect_uris: [REDIRECT], token_endpoint_auth_method: 'none', client_name: 'Dev test' }),
  })
  const { client_id: clientId }: { client_id: string } = await response.json()
  return clientId
}

/** Opens an authorization request and returns the page a person would see first. */
export async function openAuthorization(
  browser: Browser,
  request: { readonly issuer: string; readonly clientId: string; readonly resource: string },
): Promise<{ readonly url: string; readonly html: string }> {
  const parameters = new URLSearchParams({
    response_type: 'code',
    client_id: request.clientId,
    redirect_uri: REDIRECT,
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    resource: request.resource,
    state: 'state',
  })
  return follow(browser, `${request.issuer}/authorize?${parameters}`)
}

/** Fills in the sign-in form and returns the page behind it. */
export async function submitSignIn(
  browser: Browser,
  page: { readonly url: string; readonly html: string },
  person: { readonly login: string; readonly password: string },
): Promise<{ readonly url: string; readonly html: string }> {
  const posted = await browser.post(page.url, { csrf: fieldOf(page.html, 'csrf'), ...person })
  const location = posted.headers.get('location')
  return location === null
    ? { url: page.url, html: await posted.text() }
    : follow(browser, new URL(location, page.url).href)
}

/** Follows redirects, and the link of the page that moves on by itself. */
async function follow(browser: Browser, from: string): Promise<{ readonly url: string; readonly html: string }> {
  let url = from
  for (;;) {
    const response = await browser.get(url)
    const html = await response.text()
    const next = response.headers.get('location') ?? html.match(/rel="next" href="([^"]*)"/)?.[1]
    if (next === undefined) return { url, html }
    url = new URL(next, url).href
  }
}
