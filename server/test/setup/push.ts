import type { TestServer } from './authorization-server.ts'
import { type Authorization, post, type TokenAnswer } from './flow.ts'

/** Pushes an authorization request; `undefined` leaves a parameter out. */
export async function push(
  server: TestServer,
  request: Pick<Authorization, 'url'>,
  overrides: Record<string, string | undefined> = {},
  headers: HeadersInit = {},
): Promise<TokenAnswer> {
  const form = new URL(request.url).searchParams
  for (const [name, value] of Object.entries(overrides)) {
    if (value === undefined) form.delete(name)
    else form.set(name, value)
  }
  return post(server, '/par', form, headers)
}

/** What the browser brings of a request that was pushed. */
export function pushedUrl(server: TestServer, clientId: string, requestUri: unknown, more: object = {}): string {
  const params = { client_id: clientId, request_uri: String(requestUri), ...more }
  return `${server.issuer}/authorize?${new URLSearchParams(params)}`
}
