import type { Check } from '../../check/check.ts'
import { faulty, sound } from '../../check/finding.ts'
import { endpointOf } from '../../oauth/authorization-server.ts'
import { headerOf, type WireAnswer } from '../../wire/message.ts'
import type { Wire } from '../../wire/wire.ts'
import { asking, serverOf } from '../asking.ts'
import type { AuthorizationServerSubject } from '../subject.ts'

/** Where the MCP Inspector, the client in a browser that most authors meet first, has its page. */
const ORIGIN = 'http://localhost:6274'
/** What a client in a browser sends along, and has to ask leave for. */
const CLIENT_HEADER = 'mcp-protocol-version'

/** Asks as a browser asks for a page of another origin. @returns why the page could not go on; undefined if it could */
export async function openToBrowsers(
  wire: Wire,
  { url, method }: { readonly url: string; readonly method: 'GET' | 'POST' },
): Promise<string | undefined> {
  const header = method === 'GET' ? CLIENT_HEADER : 'content-type'
  const preflight = await wire.send({
    method: 'OPTIONS',
    url,
    headers: [
      ['origin', ORIGIN],
      ['access-control-request-method', method],
      ['access-control-request-headers', header],
    ],
  })
  if (preflight.status < 200 || preflight.status > 299) return `the preflight is answered ${preflight.status}`
  if (!allowsOrigin(preflight)) return 'the preflight is answered without Access-Control-Allow-Origin'
  const allowed = (headerOf(preflight, 'access-control-allow-headers') ?? '').toLowerCase().split(/\s*,\s*/)
  if (!allowed.includes('*') && !allowed.includes(header)) return `the preflight does not allow ${header}`
  if (method === 'POST') return undefined
  const plain = await wire.send({ method, url, headers: [['origin', ORIGIN]] })
  return allowsOrigin(plain) ? undefined : 'the answer comes without Access-Control-Allow-Origin'
}

function allowsOrigin(answer: WireAnswer): boolean {
  const allowed = headerOf(answer, 'access-control-allow-origin')
  return allowed === '*' || allowed === ORIGIN
}

export const endpointsCors: Check<AuthorizationServerSubject> = {
  id: 'as-endpoints-cors',
  requirement: 'AS-TK-13',
  title: 'A client in a browser can register, get tokens and revoke them',
  risk: 'Clients in a browser, as the MCP Inspector, end after the sign-in, with a message that only developers see.',
  sends: 'OPTIONS of the endpoints for tokens, registration and revocation as a page of another origin would.',
  expects: '2xx with Access-Control-Allow-Origin, and leave to send Content-Type.',
  remedies: { general: 'Answer preflights of these endpoints for every origin, without credentials.' },
  run: asking(async (subject) => {
    const server = serverOf(subject)
    const closed: string[] = []
    for (const member of ['token_endpoint', 'registration_endpoint', 'revocation_endpoint'] as const) {
      const url = endpointOf(server, member)
      if (url === undefined) continue
      // A page reads JSON to register by, which is what makes browsers ask.
      const why = await openToBrowsers(subject.wire, { url, method: 'POST' })
      if (why !== undefined) closed.push(`${member}: ${why}`)
    }
    return closed.length === 0 ? sound('open to every origin') : faulty(closed.join('; '))
  }),
}
