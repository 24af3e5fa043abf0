import type { Check } from '../../check/check.ts'
import { doubtful, type Finding, faulty, sound } from '../../check/finding.ts'
import { headerOf, type WireAnswer } from '../../wire/message.ts'
import type { ServerSubject } from '../subject.ts'
import { documentOf, fetchDocument, withMetadata } from './documents.ts'

/** Where the MCP Inspector, the client in a browser that most authors meet first, has its page. */
export const BROWSER_ORIGIN = 'http://localhost:6274'
/** What a client in a browser sends along with every request; the browser asks for leave first. */
const CLIENT_HEADER = 'mcp-protocol-version'

export const metadataSlash: Check<ServerSubject> = {
  id: 'metadata-slash',
  requirement: 'RS-PRM-05',
  title: 'A slash at the end does not lead to another document',
  risk: 'Whoever types the URL with a slash gets metadata of something else, or a page of HTML.',
  sends: 'GET of the metadata, its address with a slash at the end.',
  expects: 'The same document, or 404.',
  remedies: {
    general: 'Treat both spellings alike, and let no catch-all route answer below /.well-known/.',
    sdk1: 'Express takes both spellings for one unless `strict routing` is on: nothing to do.',
    sdk2: 'oauthMetadataResponse drops the slash: nothing to do.',
    fastmcp: 'Starlette redirects to the other spelling: nothing to do.',
    spring:
      'The resource is made of the path with its slash: fix it by `protectedResourceMetadataCustomizer(metadata -> metadata.resource("https://…/mcp"))`.',
    kit: 'It answers what it answers without the slash, or 404: nothing to do.',
  },
  run: (subject) =>
    withMetadata(subject, async ({ url, document }) => {
      const answer = await fetchDocument(subject.wire, url.endsWith('/') ? url.slice(0, -1) : `${url}/`)
      const there = documentOf(answer)
      if (there !== undefined && there.resource === document.resource) return sound('the same document')
      if (there !== undefined) return faulty(`it is about ${String(there.resource)}`)
      if (answer.status === 200) return faulty('200 and no JSON object')
      return answer.status < 500 ? sound(`${answer.status}`) : doubtful(`${answer.status}`)
    }),
}

export const metadataHead: Check<ServerSubject> = {
  id: 'metadata-head',
  requirement: 'RS-PRM-05',
  title: 'HEAD of the metadata is answered as GET is',
  risk: 'Monitors and caches in front take the metadata for missing.',
  sends: 'HEAD of the metadata.',
  expects: '200.',
  remedies: {
    general: 'Answer HEAD wherever GET is answered.',
    sdk2: 'oauthMetadataResponse does; route HEAD to it as well.',
    sdk1: 'The router answers HEAD by 405: answer it by a route of your own before the router.',
    fastmcp: 'Starlette answers HEAD where it answers GET: nothing to do.',
    spring:
      'OAuth2ProtectedResourceMetadataFilter matches GET alone: wrap requests of HEAD for its path as GET in a filter before it.',
    kit: 'It answers HEAD: nothing to do.',
  },
  run: (subject) =>
    withMetadata(subject, async ({ url }) => {
      const answer = await subject.wire.send({ method: 'HEAD', url, headers: [] })
      return answer.status === 200 ? sound('200') : faulty(`${answer.status}, while GET is answered 200`)
    }),
}

export const metadataCors: Check<ServerSubject> = {
  id: 'metadata-cors',
  requirement: 'RS-PRM-05',
  title: 'A client in a browser may read the metadata',
  risk: 'The MCP Inspector and other clients in a browser cannot begin: the browser withholds the document.',
  sends: `OPTIONS and GET of the metadata as a page of ${BROWSER_ORIGIN} would.`,
  expects: 'Access-Control-Allow-Origin: *, and leave to send MCP-Protocol-Version.',
  remedies: {
    general:
      'The document is public: answer Access-Control-Allow-Origin: *, and the preflight with Access-Control-Allow-Headers: *, without asking for a token.',
    sdk2: 'oauthMetadataResponse does; route OPTIONS to it as well.',
    sdk1: 'mcpAuthMetadataRouter allows every origin and header: see that nothing in front answers OPTIONS.',
    fastmcp: 'It allows every origin and the version header: nothing to do.',
    spring:
      'Add a CorsConfiguration for `/.well-known/oauth-protected-resource/**` with every origin and header, and `http.cors(withDefaults())`.',
    kit: 'It allows every origin and header: nothing to do.',
  },
  run: (subject) =>
    withMetadata(subject, async ({ url }) => {
      const plain = await subject.wire.send({ method: 'GET', url, headers: [['origin', BROWSER_ORIGIN]] })
      if (!allowsOrigin(plain)) return faulty('the document comes without Access-Control-Allow-Origin')
      const preflight = await subject.wire.send({
        method: 'OPTIONS',
        url,
        headers: [
          ['origin', BROWSER_ORIGIN],
          ['access-control-request-method', 'GET'],
          ['access-control-request-headers', CLIENT_HEADER],
        ],
      })
      return judgePreflight(preflight)
    }),
}

function judgePreflight(answer: WireAnswer): Finding {
  if (answer.status < 200 || answer.status > 299) return faulty(`the preflight is answered ${answer.status}`)
  if (!allowsOrigin(answer)) return faulty('the preflight is answered without Access-Control-Allow-Origin')
  const headers = (headerOf(answer, 'access-control-allow-headers') ?? '').toLowerCase().split(/\s*,\s*/)
  return headers.includes('*') || headers.includes(CLIENT_HEADER)
    ? sound('open to every origin')
    : faulty(`the preflight does not allow ${CLIENT_HEADER}`)
}

function allowsOrigin(answer: WireAnswer): boolean {
  const allowed = headerOf(answer, 'access-control-allow-origin')
  return allowed === '*' || allowed === BROWSER_ORIGIN
}
