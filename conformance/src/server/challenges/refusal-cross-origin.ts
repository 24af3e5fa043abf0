import type { Check } from '../../check/check.ts'
import { faulty, incomplete, notApplicable, sound } from '../../check/finding.ts'
import { headerOf, type WireAnswer } from '../../wire/message.ts'
import { isLasting } from '../asking.ts'
import { BROWSER_ORIGIN } from '../discovery/metadata-access.ts'
import type { ServerSubject } from '../subject.ts'

const NO_BROWSERS = 'the endpoint is not open to pages of other origins'

export const refusalReadable: Check<ServerSubject> = {
  id: 'refusal-readable-cross-origin',
  requirement: 'RS-401-08',
  title: 'A client in a browser can read the challenge',
  risk: 'The browser withholds WWW-Authenticate from the page unless it is exposed: the MCP Inspector and the portals of Google and Cloudflare see a 401 and nothing else.',
  sends: `tools/list without a token as a page of ${BROWSER_ORIGIN} would, or of the origin of the server itself.`,
  expects: 'Access-Control-Expose-Headers with WWW-Authenticate, where any origin is allowed.',
  remedies: {
    general:
      'Add Access-Control-Expose-Headers: WWW-Authenticate, Mcp-Session-Id wherever Access-Control-Allow-Origin is set.',
    sdk1: "Give the middleware cors `exposedHeaders: ['WWW-Authenticate', 'Mcp-Session-Id']`, and mount it before requireBearerAuth.",
    sdk2: "Give the middleware cors `exposedHeaders: ['WWW-Authenticate', 'Mcp-Session-Id']`, and mount it before requireBearerAuth.",
    fastmcp:
      'Pass CORSMiddleware with `expose_headers=["WWW-Authenticate", "Mcp-Session-Id"]` as `middleware` to `http_app`.',
    spring: 'Call `setExposedHeaders(List.of("WWW-Authenticate", "Mcp-Session-Id"))` on the CorsConfiguration.',
    kit: 'It exposes them to `allowedOrigins`: nothing else to do.',
  },
  async run(subject) {
    const answer = await askFromPage(subject)
    if (headerOf(answer, 'access-control-allow-origin') === undefined) return notApplicable(NO_BROWSERS)
    if (answer.status !== 401) return incomplete(`no 401 to look at: ${answer.status}`)
    const exposed = (headerOf(answer, 'access-control-expose-headers') ?? '').toLowerCase().split(/\s*,\s*/)
    return exposed.includes('www-authenticate') || exposed.includes('*')
      ? sound('WWW-Authenticate is exposed')
      : faulty('the origin is allowed, and WWW-Authenticate is not exposed')
  },
}

export const preflightOpen: Check<ServerSubject> = {
  id: 'preflight-without-token',
  requirement: 'RS-401-08',
  title: 'The preflight of a browser needs no token',
  risk: 'Browsers send no token in a preflight: 401 there keeps every client in a browser out, the MCP Inspector and the portal of Cloudflare among them.',
  sends: 'OPTIONS of the endpoint, asking for leave to send Authorization.',
  expects: '2xx that allows Authorization, where any origin is allowed at all.',
  remedies: {
    general:
      'Answer OPTIONS before the token is looked for; allow authorization, content-type and the headers that begin with mcp-.',
    sdk1: 'Mount the middleware cors before requireBearerAuth.',
    sdk2: 'Mount the middleware cors before requireBearerAuth.',
    fastmcp: 'Pass CORSMiddleware as `middleware` to `http_app`: it answers OPTIONS before the route asks for a token.',
    spring: 'Call `http.cors(withDefaults())`, which answers OPTIONS before authentication.',
    kit: 'It answers OPTIONS of `allowedOrigins` itself: nothing else to do.',
  },
  async run(subject) {
    const page = await askFromPage(subject)
    const origin = headerOf(page, 'access-control-allow-origin')
    if (origin === undefined) return notApplicable(NO_BROWSERS)
    const answer = await subject.wire.send({
      method: 'OPTIONS',
      url: subject.url,
      headers: [
        ['origin', origin === '*' ? BROWSER_ORIGIN : origin],
        ['access-control-request-method', 'POST'],
        ['access-control-request-headers', 'authorization,content-type,mcp-protocol-version'],
      ],
    })
    if (answer.status < 200 || answer.status > 299) return faulty(`OPTIONS is answered ${answer.status}`)
    const allowed = (headerOf(answer, 'access-control-allow-headers') ?? '').toLowerCase().split(/\s*,\s*/)
    // A star does not stand for Authorization, which has to be named.
    return allowed.includes('authorization')
      ? sound(`${answer.status}`)
      : faulty('the preflight does not name Authorization')
  },
}

/** The origin of a known client first; a server that turns it away allows at least its own, if any. */
function askFromPage({ mcp, wire, url }: ServerSubject): Promise<WireAnswer> {
  const askFrom = (origin: string): Promise<WireAnswer> =>
    wire.send(mcp.request({ method: 'tools/list', headers: [['origin', origin]] }))
  const ask = async (): Promise<WireAnswer> => {
    const answer = await askFrom(BROWSER_ORIGIN)
    return answer.status === 403 ? askFrom(new URL(url).origin) : answer
  }
  return wire.once('tools/list as a page would', ask, { keep: isLasting })
}
