import { X509Certificate } from 'node:crypto'
import { resolve } from 'node:path'
import { valueAt } from './named-files.ts'
import { refuseProxyUrl } from './secret-rules.ts'
import { readSecret, type SecretLookup } from './secrets.ts'
import type { EgressSettings } from './settings.ts'

/**
 * Judges what the operator opens for outgoing requests.
 * @param allow entries as written
 * @param lookup where the proxy's URL and the file of roots are found
 */
export function judgeEgress(allow: readonly string[], lookup: SecretLookup): EgressSettings {
  return {
    allow: allow.map((written, index) => {
      const judged = judgeAllowEntry(written)
      if (judged.ok) return judged.entry
      lookup.findings.problem('SALLYPORT_E_SETTINGS_VALUE', ['egress', 'allow', index], judged.reason)
      return written
    }),
    proxy: readSecret(lookup, ['egress', 'proxy'], refuseProxyUrl),
    ca: readRoots(lookup),
  }
}

export type AllowEntryJudgement =
  | { readonly ok: true; readonly entry: string }
  | { readonly ok: false; readonly reason: string }

const ALLOW_ENTRY = /^(\[[0-9A-Fa-f:.]+\]|[^\s:/?#@[\]\\*%]+):(\d{1,5})$/
const ALLOW_ADVICE = 'must be one host and its port, such as vault.internal:8200'

/**
 * Judges one host and port. It is compared with what a URL parser makes of a URL, so it gets the same spelling.
 * @param written host (a name, or an address with brackets for IPv6) and port
 */
export function judgeAllowEntry(written: string): AllowEntryJudgement {
  const [, host = '', port = ''] = ALLOW_ENTRY.exec(written) ?? []
  const url = URL.parse(`https://${host}`)
  if (host === '' || url === null) return { ok: false, reason: ALLOW_ADVICE }
  if (Number(port) < 1 || Number(port) > 65_535) return { ok: false, reason: 'must have a port between 1 and 65535' }
  return { ok: true, entry: `${url.hostname}:${Number(port)}` }
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** The certificates of the file, each judged alone: OpenSSL would skip in silence what it cannot read. */
function readRoots({ value, files, baseDir, findings }: SecretLookup): readonly string[] {
  const path = ['egress', 'ca']
  const named = valueAt(value, path)
  if (typeof named !== 'string' || named === '') return []
  const file = resolve(baseDir, named)
  const content = files.get(file)
  const refuse = (reason: string): readonly string[] => {
    findings.problem('SALLYPORT_E_SETTINGS_FILE', path, `${file} ${reason}`)
    return []
  }
  if (content === undefined || !content.ok) return refuse(content?.reason ?? 'was not read')
  const roots = content.text.match(CERTIFICATE) ?? []
  if (roots.length === 0) return refuse('holds no certificate in PEM')
  const bad = roots.findIndex((pem) => !isCertificate(pem))
  return bad === -1 ? roots : refuse(`holds something (number ${bad + 1}) that is no certificate`)
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined
  } catch {
    return false
  }
}
