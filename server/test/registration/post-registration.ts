import type { TestServer } from '../setup/authorization-server.ts'

/** Sends a registration and reads the answer. A string is sent as it is. */
export async function postRegistration(
  server: TestServer,
  payload: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Headers; body: Record<string, unknown> }> {
  const response = await fetch(`${server.issuer}/register`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: typeof payload === 'string' ? payload : JSON.stringify(payload),
  })
  return { status: response.status, headers: response.headers, body: await response.json() }
}
