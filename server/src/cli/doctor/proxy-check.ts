import type { Settings } from '../../config/settings.ts'
import { PROBE_HEADER, SEEN_HEADER, type SeenRequest } from '../../http/probe.ts'
import { createProbes } from '../../keys/probes.ts'
import { createSealer } from '../../keys/sealing.ts'
import { type Finding, fail, ok, warn } from './finding.ts'
import { metadataAddresses } from './issuer-checks.ts'
import { membersOf, type Outside } from './outside.ts'

/** Of a network that exists in documents alone, so nobody calls from there. @see RFC 5737 */
const FORGED = '192.0.2.77'

/**
 * Asks the server itself what arrives of a request: once as anybody sends it, once with headers that only a proxy should
 * write. The question is one that the server answers to holders of its keys alone.
 */
export async function checkProxyHeaders(settings: Settings, outside: Outside, now: () => number): Promise<Finding> {
  const probes = createProbes(createSealer(settings.encryptionKeys))
  const [address = ''] = metadataAddresses(settings.issuer)
  const ask = async (headers: Readonly<Record<string, string>>) => {
    const seen = await outside.get(address, { ...headers, [PROBE_HEADER]: probes.make(Math.floor(now() / 1000)) })
    if (seen.kind === 'nothing') return undefined
    return { seen: readSeen(seen.answer.headers.get(SEEN_HEADER)), issuer: membersOf(seen.answer.body)?.issuer }
  }
  const plain = await ask({})
  const forged = await ask({
    'x-forwarded-for': FORGED,
    'x-forwarded-proto': 'http',
    'x-forwarded-host': 'forged.invalid',
    forwarded: `for=${FORGED};proto=http;host=forged.invalid`,
  })
  if (forged !== undefined && forged.issuer !== settings.issuer) {
    const remedy = 'Something in front builds addresses from X-Forwarded-Host: take that header off requests.'
    return fail('proxy-headers', 'a forged X-Forwarded-Host changes what is answered', remedy)
  }
  if (plain?.seen === undefined || forged?.seen === undefined) {
    const detail = `could not be found out: the answer came without ${SEEN_HEADER}`
    const remedy = `Let the proxy pass ${PROBE_HEADER} and ${SEEN_HEADER}; or the server runs with other encryption keys.`
    return warn('proxy-headers', detail, remedy)
  }
  return judgeSeen(settings, plain.seen, forged.seen)
}

function judgeSeen({ issuer }: Settings, plain: SeenRequest, forged: SeenRequest): Finding {
  const https = issuer.startsWith('https:')
  if (forged.caller === FORGED) {
    const detail = `who comes through ${forged.peer} can pass for any address: a forged X-Forwarded-For was believed`
    const remedy = 'Let that proxy replace or extend X-Forwarded-For, or take its network out of trustedProxies.'
    return fail('proxy-headers', detail, remedy)
  }
  if (https && forged.trusted && forged.forwardedProto === 'http' && plain.forwardedProto !== 'http') {
    const remedy = 'Let the proxy replace X-Forwarded-Proto.'
    return warn('proxy-headers', 'the proxy passes on what callers write into X-Forwarded-Proto', remedy)
  }
  return judgePlain(https, plain)
}

function judgePlain(https: boolean, plain: SeenRequest): Finding {
  const said = plain.forwardedFor !== null
  if (!plain.trusted && said) {
    const detail = `${plain.peer} sends X-Forwarded-For and is not among trustedProxies: the log has its address, not people's`
    return warn(
      'proxy-headers',
      detail,
      `If that is your proxy, add its network to trustedProxies (SALLYPORT_TRUSTED_PROXIES).`,
    )
  }
  if (plain.trusted && !said) {
    const detail = `${plain.peer} is among trustedProxies and does not say who calls`
    return warn('proxy-headers', detail, 'Let it send X-Forwarded-For, or take its network out of trustedProxies.')
  }
  if (https && plain.trusted && plain.forwardedProto === 'http') {
    const remedy = 'Behind a second proxy, let the inner one keep the X-Forwarded-Proto of the outer.'
    return warn('proxy-headers', 'the proxy says that this request came by plain http, and it came by https', remedy)
  }
  if (!plain.trusted) return ok('proxy-headers', `no proxy says who calls; a forged X-Forwarded-For was not believed`)
  return ok(
    'proxy-headers',
    `the proxy ${plain.peer} says who calls (${plain.caller}); a forged X-Forwarded-For was not believed`,
  )
}

function readSeen(header: string | undefined): SeenRequest | undefined {
  const seen = header === undefined ? undefined : membersOf(Buffer.from(header, 'base64url'))
  if (seen === undefined) return undefined
  const text = (name: string): string | null => (typeof seen[name] === 'string' ? seen[name] : null)
  return {
    peer: text('peer'),
    caller: text('caller'),
    trusted: seen.trusted === true,
    forwardedFor: text('forwardedFor'),
    forwardedProto: text('forwardedProto'),
  }
}
