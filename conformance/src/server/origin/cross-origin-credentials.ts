import type { Check } from '../../check/check.ts'
import { type Finding, faulty, sound } from '../../check/finding.ts'
import { headerOf, type WireAnswer } from '../../wire/message.ts'
import type { ServerSubject } from '../subject.ts'

const FOREIGN = ['https://sallyport-examine.invalid', 'null'] as const

export const crossOriginCredentials: Check<ServerSubject> = {
  id: 'cross-origin-credentials',
  requirement: 'RS-TR-17',
  title: 'No page of another origin may send cookies along',
  risk: 'Whatever the browser keeps for the server (a session of a login page, a cookie of a proxy) works for every page that the user visits.',
  sends: `OPTIONS as pages of ${FOREIGN[0]}, and of no origin (null), would, and tools/list without a token as the first.`,
  expects: 'No Access-Control-Allow-Credentials: true beside an Access-Control-Allow-Origin that names that origin.',
  remedies: {
    general: 'Leave Access-Control-Allow-Credentials out: tokens travel in a header, and need it nowhere.',
    sdk1: 'It sets no CORS headers: of the middleware cors take `origin: true` and `credentials: true` out together.',
    sdk2: 'It sets none at the endpoint: of the middleware in front take `credentials: true` out.',
    fastmcp: 'Give Starlette’s CORSMiddleware `allow_credentials=False`, which it is unless set.',
    spring: 'Leave `setAllowCredentials(true)` of the CorsConfiguration out, and `allowedOriginPatterns("*")` with it.',
    kit: 'It never sends that header: nothing to do, unless something in front adds it.',
  },
  async run({ mcp, wire, url }) {
    for (const origin of FOREIGN) {
      const asked = [
        ['origin', origin],
        ['access-control-request-method', 'POST'],
        ['access-control-request-headers', 'content-type'],
      ] as const
      if (invites(await wire.send({ method: 'OPTIONS', url, headers: asked }), origin)) return invited(origin)
    }
    const page = await wire.send(mcp.request({ method: 'tools/list', headers: [['origin', FOREIGN[0]]] }))
    if (invites(page, FOREIGN[0])) return invited(FOREIGN[0])
    return sound('no foreign origin is named together with credentials')
  },
}

const invited = (origin: string): Finding => faulty(`pages of ${origin} may send cookies along`)

/** With a star instead of a name browsers refuse to send any. */
function invites(answer: WireAnswer, origin: string): boolean {
  return (
    headerOf(answer, 'access-control-allow-origin') === origin &&
    headerOf(answer, 'access-control-allow-credentials')?.toLowerCase() === 'true'
  )
}
