import type { Settings } from '../../config/settings.ts'
import { judgeOffset } from './clock.ts'
import { type Finding, fail, ok, unseen, warn } from './finding.ts'
import { membersOf, type Outside } from './outside.ts'

const DAY_MS = 86_400_000
/** Renewal by ACME begins thirty days before the end; when half of that has passed, it does not work. */
const CERTIFICATE_WARN_DAYS = 15

/** What the other checks of the issuer stand on. */
export interface IssuerKnowledge {
  readonly findings: readonly Finding[]
  readonly reachable: boolean
}

/**
 * Looks at the issuer's metadata from outside, and at everything it leads to.
 * @param keyIds of the database, where they are known
 * @see RFC 8414 §3
 */
export async function checkIssuer(
  { issuer }: Settings,
  outside: Outside,
  now: () => number,
  keyIds: readonly string[] | undefined,
): Promise<IssuerKnowledge> {
  const [address = '', ...spellings] = metadataAddresses(issuer)
  const asked = now()
  const seen = await outside.get(address)
  if (seen.kind === 'nothing') return unreachable(address, seen.reason)
  const { status, headers, body, certificateEndsAt } = seen.answer
  const metadata = status === 200 ? membersOf(body) : undefined
  if (metadata === undefined) {
    const detail = `${address} answers ${status} and no metadata`
    const remedy = 'Let the proxy pass this path on to the server, and check that it reaches the right one.'
    return { findings: [fail('issuer', detail, remedy), ...notSeen(`${address} has no metadata`)], reachable: false }
  }
  const date = Date.parse(headers.get('date') ?? '')
  const clock = Number.isNaN(date) ? [] : [judgeOffset('the issuer', date - (asked + now()) / 2)]
  const findings = [
    judgeIssuer(issuer, metadata.issuer, seen.inside),
    judgeEndpoints(issuer, metadata),
    await checkSpellings(spellings, body, outside),
    ...(certificateEndsAt === undefined ? [] : [judgeCertificate(certificateEndsAt - now())]),
    await checkKeySet(metadata.jwks_uri, outside, keyIds),
    ...clock,
  ]
  return { findings, reachable: true }
}

/** Every address that clients look for the metadata at. */
export function metadataAddresses(issuer: string): readonly string[] {
  const { origin, pathname } = new URL(issuer)
  const path = pathname.replace(/\/$/, '')
  const documents = ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration']
  return [...documents.map((name) => origin + name + path), ...(path === '' ? [] : [`${issuer}${documents[1]}`])]
}

function unreachable(address: string, reason: string): IssuerKnowledge {
  const remedy =
    'Check the DNS name, the certificate and the proxy in front; for an authority of your own, set egress.ca.'
  const finding = fail('issuer', `${address} cannot be had: ${reason}`, remedy)
  return { findings: [finding, ...notSeen('the issuer does not answer')], reachable: false }
}

function notSeen(because: string): readonly Finding[] {
  return (['endpoints', 'discovery', 'jwks'] as const).map((id) => unseen(id, because))
}

function judgeIssuer(issuer: string, said: unknown, inside: string | undefined): Finding {
  if (said !== issuer) {
    const detail = `the metadata names ${JSON.stringify(said)} as issuer, and the settings ${JSON.stringify(issuer)}`
    return fail('issuer', detail, 'Clients compare byte for byte: give every process the same SALLYPORT_ISSUER.')
  }
  if (inside === undefined || issuer.startsWith('http:')) return ok('issuer', `${issuer} answers and names itself`)
  const detail = `${issuer} answers and names itself; from here it is ${inside}, which is no public address`
  return ok('issuer', `${detail}, so nothing is said about the way from outside`)
}

function judgeEndpoints(issuer: string, metadata: Readonly<Record<string, unknown>>): Finding {
  const named = Object.entries(metadata).filter(([name]) => name.endsWith('_endpoint') || name === 'jwks_uri')
  const foreign = named.find(([, url]) => typeof url !== 'string' || !url.startsWith(`${issuer}/`))
  if (named.length === 0 || foreign !== undefined) {
    const detail = foreign === undefined ? 'the metadata names no endpoint' : `${foreign[0]} is ${String(foreign[1])}`
    return fail('endpoints', `${detail}, which is not below the issuer`, 'Let the proxy pass the answer on as it is.')
  }
  return ok('endpoints', `all ${named.length} addresses of the metadata are below the issuer`)
}

async function checkSpellings(spellings: readonly string[], body: Buffer, outside: Outside): Promise<Finding> {
  for (const address of spellings) {
    const seen = await outside.get(address)
    if (seen.kind === 'answer' && seen.answer.status === 200 && sameIssuer(seen.answer.body, body)) continue
    const what = seen.kind === 'nothing' ? seen.reason : `answers ${seen.answer.status} and not the same metadata`
    const remedy = 'Clients try every spelling: route this path to the server too.'
    return fail('discovery', `${address} ${what}`, remedy)
  }
  return ok('discovery', `the metadata is at all ${spellings.length + 1} addresses that clients try`)
}

function sameIssuer(left: Buffer, right: Buffer): boolean {
  return membersOf(left)?.issuer === membersOf(right)?.issuer
}

function judgeCertificate(leftMs: number): Finding {
  const days = Math.floor(leftMs / DAY_MS)
  if (days >= CERTIFICATE_WARN_DAYS) return ok('certificate', `trusted, and good for ${days} more days`)
  return warn('certificate', `trusted, and ends in ${days} days`, 'See why it was not renewed.')
}

async function checkKeySet(
  address: unknown,
  outside: Outside,
  keyIds: readonly string[] | undefined,
): Promise<Finding> {
  const seen = typeof address === 'string' ? await outside.get(address) : undefined
  const keys = seen?.kind === 'answer' && seen.answer.status === 200 ? membersOf(seen.answer.body)?.keys : undefined
  if (!Array.isArray(keys) || keys.length === 0) {
    const detail = `there is no key set at ${String(address)}`
    return fail('jwks', detail, 'Without it nobody can verify a token: route this path to the server.')
  }
  const published = new Set(keys.map((key: unknown) => Reflect.get(Object(key), 'kid')))
  const missing = keyIds?.filter((kid) => !published.has(kid)) ?? []
  if (missing.length > 0) {
    const detail = `the issuer does not publish ${missing.join(', ')}, which this database holds`
    return fail('jwks', detail, 'Another installation or database answers at the issuer: check where the proxy leads.')
  }
  const compared =
    keyIds === undefined
      ? ''
      : keyIds.length === published.size
        ? ', those of this database'
        : ', more than this database holds'
  return ok('jwks', `${published.size === 1 ? 'one key is' : `${published.size} keys are`} published${compared}`)
}

/** Whether what is https can be had in the open as well. */
export async function checkPlainHttp({ issuer }: Settings, outside: Outside): Promise<Finding> {
  const url = new URL(issuer)
  if (url.protocol === 'http:')
    return ok('plain-http', 'the issuer is http on this machine, which development may have')
  const [address = ''] = metadataAddresses(`http://${url.hostname}${url.pathname}`)
  const seen = await outside.get(address)
  if (seen.kind === 'nothing') return ok('plain-http', 'nothing answers over plain http')
  if (membersOf(seen.answer.body)?.issuer === undefined) {
    return ok('plain-http', `plain http is answered with ${seen.answer.status} and no metadata`)
  }
  const remedy = 'Let the proxy answer port 80 with a redirect to https and nothing else.'
  return fail('plain-http', 'the server can be used over plain http, where anyone on the way reads passwords', remedy)
}
