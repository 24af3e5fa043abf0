import type { Check } from '../../check/check.ts'
import { doubtful, type Finding, faulty, notApplicable, sound } from '../../check/finding.ts'
import { isAccepted, isSuccess } from '../../mcp/json-rpc.ts'
import type { WireAnswer } from '../../wire/message.ts'
import { controlToken, inWords, isLoopback, openSession } from '../asking.ts'
import type { ServerSubject } from '../subject.ts'
import { crossOriginCredentials } from './cross-origin-credentials.ts'

/** Nobody can own a name below `invalid`, so that no server has a reason to allow it. */
const FOREIGN_HOST = 'sallyport-examine.invalid'
const FOREIGN_ORIGIN = `https://${FOREIGN_HOST}`
/** Before this revision the text asks for a refusal and does not say which. */
const FORBIDDEN_SINCE = '2025-11-25'

const REMEDIES = {
  general: 'Compare Origin, where it is present, with a list of origins that may call, and answer 403 to every other.',
  sdk1: 'Turn on enableDnsRebindingProtection with allowedOrigins and allowedHosts, or use createMcpExpressApp.',
  sdk2: 'Call originValidationResponse and hostHeaderValidationResponse before the MCP handler.',
  fastmcp:
    'Pass `host_origin_protection=True`, `allowed_hosts` and `allowed_origins` to `run` or `http_app`: unless told, it looks at neither. On loopback it lets other pages of the machine in all the same; compare Origin whole in a middleware there.',
  kit: 'Set `allowedOrigins`; without it every foreign origin is refused.',
  spring:
    'Give the transport a DefaultServerTransportSecurityValidator with `allowedOrigin` and `allowedHost`, or write a filter that answers 403; CORS rules alone do not refuse a request.',
}

export const foreignOrigin: Check<ServerSubject> = {
  id: 'foreign-origin-refused',
  requirement: 'RS-TR-01',
  title: 'A page of a foreign origin is refused',
  risk: 'A page that the user happens to visit calls the tools of a server on their machine, by binding its own name to 127.0.0.1.',
  sends: `tools/list with an accepted token and Origin: ${FOREIGN_ORIGIN}.`,
  expects: '403.',
  remedies: REMEDIES,
  run: (subject) => askFrom(subject, [FOREIGN_ORIGIN]),
}

export const nullOrigin: Check<ServerSubject> = {
  id: 'null-origin-refused',
  requirement: 'RS-TR-01',
  title: 'A page without an origin of its own is refused',
  risk: 'Files, sandboxed frames and redirects send `Origin: null`: whoever allows it allows every page.',
  sends: 'tools/list with an accepted token and Origin: null.',
  expects: '403.',
  remedies: REMEDIES,
  run: (subject) => askFrom(subject, ['null']),
}

export const lookAlikeOrigin: Check<ServerSubject> = {
  id: 'look-alike-origin-refused',
  requirement: 'RS-TR-01',
  title: "A page whose origin looks like the server's own is refused",
  risk: 'Whoever compares beginnings or ends of origins lets in a name that anybody can register.',
  sends: "tools/list with an accepted token and origins that begin or end as the server's own does.",
  expects: '403.',
  remedies: { ...REMEDIES, general: 'Compare origins whole, never by their beginning or end.' },
  async run(subject) {
    const { hostname, protocol } = new URL(subject.url)
    const alike = [`${protocol}//${hostname}.${FOREIGN_HOST}`, `${protocol}//sallyport-examine${hostname}`]
    // In front of an address of numbers, or behind one in brackets, it is no origin, and no browser would send it.
    const origins = alike.filter(isOrigin)
    return origins.length === 0
      ? notApplicable('no origin looks like an address in brackets')
      : askFrom(subject, origins)
  },
}

/** @returns the first finding that is not sound */
function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text
}

async function askFrom(subject: ServerSubject, origins: readonly string[]): Promise<Finding> {
  const { mcp, wire } = subject
  const control = await controlToken(subject)
  if (control.kind === 'none') return control.finding
  const session = await openSession(subject, control.token)
  for (const origin of origins) {
    const call = { method: 'tools/list', token: control.token, headers: [['origin', origin]] } as const
    const finding = judge(subject, await wire.send(mcp.request(call, session)))
    if (finding.kind !== 'sound') return finding
  }
  return sound('403')
}

function judge({ url, mcp }: ServerSubject, answer: WireAnswer): Finding {
  if (answer.status === 403) return sound('403')
  if (isAccepted(answer)) {
    if (isLoopback(new URL(url))) return faulty(`it was accepted: ${inWords(answer)}`)
    return doubtful(
      'it was accepted; a server on a public address may have decided that every page can call with a token',
    )
  }
  const isOtherRefusal = answer.status >= 400 && answer.status < 500
  if (isOtherRefusal && mcp.revision < FORBIDDEN_SINCE) return sound(inWords(answer))
  return doubtful(`${inWords(answer)}, where 403 is asked for`)
}

export const foreignHost: Check<ServerSubject> = {
  id: 'foreign-host-refused',
  requirement: 'RS-TR-02',
  title: 'A local server refuses a foreign host name',
  risk: 'After DNS rebinding the page has the same origin as the server, and no Origin header tells on it: the host name does.',
  sends: `tools/list with an accepted token and Host: ${FOREIGN_HOST}.`,
  expects: '403, 421 or another 4xx.',
  remedies: REMEDIES,
  async run(subject) {
    const { mcp, wire, url } = subject
    if (!isLoopback(new URL(url)))
      return notApplicable('the server is not on loopback, where a proxy decides about names')
    const control = await controlToken(subject)
    if (control.kind === 'none') return control.finding
    const session = await openSession(subject, control.token)
    const call = { method: 'tools/list', token: control.token, headers: [['host', FOREIGN_HOST]] } as const
    const answer = await wire.send(mcp.request(call, session))
    if (isSuccess(answer)) return faulty(`it was accepted: ${inWords(answer)}`)
    return answer.status >= 400 && answer.status < 500 ? sound(inWords(answer)) : doubtful(inWords(answer))
  },
}

/** What protects a server from pages that its user visits. */
export const originChecks: readonly Check<ServerSubject>[] = [
  foreignOrigin,
  nullOrigin,
  lookAlikeOrigin,
  foreignHost,
  crossOriginCredentials,
]
