import type { Check } from '../../check/check.ts'
import { doubtful, type Finding, faulty, incomplete, sound } from '../../check/finding.ts'
import { findAuthorizationServer, type IssuerSearch } from '../../oauth/find-authorization-server.ts'
import type { ServerSubject } from '../subject.ts'
import { namesIn, withMetadata } from './documents.ts'

/** How many of the named issuers are asked: a list can be long, and every one costs three requests. */
const ISSUERS_MAX = 3

type Searched = readonly { readonly issuer: string; readonly search: IssuerSearch }[]

export const issuerFound: Check<ServerSubject> = {
  id: 'issuer-metadata-found',
  requirement: 'RS-PRM-02b',
  title: 'The authorization server that is named has metadata',
  risk: 'The sign-in ends where a client looks for the endpoints.',
  sends: 'GET at the well-known addresses of each named issuer.',
  expects: 'A JSON object at one of them.',
  remedies: {
    general:
      'Name the issuer identifier, not the URL of a page or of an endpoint; an issuer with a path has its metadata at /.well-known/… followed by the path.',
    sdk1: 'Take `oauthMetadata` from the well-known address of the issuer when the server starts, so that one that is not there is noticed.',
    sdk2: 'Take `oauthMetadata` from the well-known address of the issuer when the server starts, so that one that is not there is noticed.',
    fastmcp:
      'Name the issuer identifier in `authorization_servers`; providers for services that have no metadata of their own (`OAuthProxy`, `OIDCProxy`) serve it at this server.',
    spring:
      'Call `authorizationServer` with the same string as `issuer-uri`, from which the decoder has found the metadata already.',
    kit: 'It answers 503 until it has found the metadata of `issuer`, and says so in the log.',
  },
  run: (subject) => withIssuers(subject, judgeFound),
}

export const issuerEcho: Check<ServerSubject> = {
  id: 'issuer-metadata-echo',
  requirement: 'RS-PRM-10',
  title: 'The issuer is named as it names itself',
  risk: 'SDK 2.x, the Go SDK, Copilot CLI and opencode refuse an authorization server whose `issuer` is not the string they came with; one slash is enough.',
  sends: 'GET of the metadata of each named issuer.',
  expects: 'Its `issuer` is, byte for byte, the entry of `authorization_servers`.',
  remedies: {
    general:
      'Copy the issuer identifier as text. Do not pass it through a URL object, which adds a slash to an origin.',
    sdk1: 'mcpAuthMetadataRouter writes URL.href: give it an issuer with a path, or write the document yourself.',
    sdk2: 'buildOAuthProtectedResourceMetadata copies `oauthMetadata.issuer`: fetch that document instead of writing it by hand.',
    fastmcp: 'Pass the issuer to `authorization_servers` as text: AnyHttpUrl(…) writes a slash behind an origin.',
    spring:
      '`authorizationServer(…)` writes its argument as it is: use the string that the metadata states as `issuer`.',
    kit: 'It refuses metadata whose `issuer` differs from the option `issuer`, which is what it names: nothing else to do.',
  },
  run: (subject) => withIssuers(subject, judgeEcho),
}

function withIssuers(subject: ServerSubject, judge: (searched: Searched) => Finding): Promise<Finding> {
  return withMetadata(subject, async ({ document }) => {
    const named = (namesIn(document, 'authorization_servers') ?? []).filter((issuer) => /^https?:\/\/./.test(issuer))
    const issuers = named.filter((issuer) => URL.canParse(issuer)).slice(0, ISSUERS_MAX)
    if (issuers.length === 0) return incomplete('no issuer is named that could be asked')
    const searched: { issuer: string; search: IssuerSearch }[] = []
    for (const issuer of issuers) searched.push({ issuer, search: await findAuthorizationServer(subject.wire, issuer) })
    return judge(searched)
  })
}

function judgeFound(searched: Searched): Finding {
  const unreachable = searched.flatMap(({ search }) => (search.kind === 'unreachable' ? [search.reason] : []))
  if (unreachable.length > 0) return incomplete(unreachable.join('; '))
  const absent = searched.filter(({ search }) => search.kind === 'absent').map(({ issuer }) => issuer)
  if (absent.length === 0) return sound(searched.map(({ issuer }) => issuer).join(', '))
  const detail = `no metadata of ${absent.join(', ')} at any well-known address`
  // A client may choose among several; with none of them it can begin nothing.
  return absent.length === searched.length ? faulty(detail) : doubtful(detail)
}

function judgeEcho(searched: Searched): Finding {
  const found = searched.flatMap(({ issuer, search }) =>
    search.kind === 'found' ? [{ issuer, stated: search.server.metadata.issuer }] : [],
  )
  if (found.length === 0) return incomplete('no metadata of a named issuer to compare with')
  const different = found.find(({ issuer, stated }) => issuer !== stated)
  return different === undefined
    ? sound(found.map(({ issuer }) => issuer).join(', '))
    : faulty(`named as ${different.issuer}, which calls itself ${String(different.stated)}`)
}
