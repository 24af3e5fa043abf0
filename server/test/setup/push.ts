import type { TestServer } from './authorization-server.ts'
import type { Authorization } from './flow.ts'

/** The answer of the endpoint that requests are pushed to. */
export interface PushAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: Record<string, string | number | undefined>
}

/** Pushes an authorization request; `undefined` leaves a parameter out. */
export async function push(
  server: TestServer,
  request: Pick<Authorization, 'url'>,
  overrides: Record<string, string | undefined> = {},
  headers: HeadersInit = {},
): Promise<PushAnswer> {
  const form = new URL(request.url).searchParams
  for (const [name, value] of Object.entries(overrides)) {
    if (value === undefined) form.delete(name)
    else form.set(name, value)
  }
  const path = new URL(server.issuer).pathname.replace(/\/$/, '')
  const response = await fetch(`${server.origin}${path}/par`, { method: 'POST', headers, body: form })
  return { status: response.status, headers: response.headers, body: await response.json() }
}

/** What the browser brings of a request that was pushed. */
export function pushedUrl(server: TestServer, clientId: string, requestUri: unknown, more: object = {}): string {
  const params = { client_id: clientId, request_uri: String(requestUri), ...more }
  return `${server.issuer}/authorize?${new URLSearchParams(params)}`
}
