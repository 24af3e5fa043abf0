import { X509Certificate } from 'node:crypto'
import type { EgressSettings } from '../../config/settings.ts'
import { inspectAllowEntry, inspectProxy } from '../../egress/inspect.ts'
import { type Finding, fail, ok, warn } from './finding.ts'
import { LOOK_TIMEOUT_MS } from './outside.ts'

/** Looks at what was opened for outgoing requests; what was not opened is not mentioned. */
export async function checkEgress(settings: EgressSettings, now: () => number): Promise<readonly Finding[]> {
  return [...(await checkProxy(settings)), ...(await checkAllow(settings)), ...checkRoots(settings, now())]
}

async function checkProxy(settings: EgressSettings): Promise<readonly Finding[]> {
  const seen = await inspectProxy(settings, LOOK_TIMEOUT_MS)
  if (seen === undefined) return []
  if (seen.ok) return [ok('egress-proxy', `${seen.detail} answers`)]
  return [fail('egress-proxy', seen.reason, 'Check egress.proxy, and that this machine may reach it.')]
}

async function checkAllow({ allow }: EgressSettings): Promise<readonly Finding[]> {
  const seen = await Promise.all(allow.map((entry) => inspectAllowEntry(entry, LOOK_TIMEOUT_MS)))
  return seen.map((entry) => {
    if (entry.ok) return ok('egress-allow', entry.detail)
    return fail('egress-allow', entry.reason, 'Correct the entry of egress.allow, or the DNS of this machine.')
  })
}

function checkRoots({ ca }: EgressSettings, now: number): readonly Finding[] {
  if (ca.length === 0) return []
  const ended = ca.map((pem) => new X509Certificate(pem)).filter(({ validTo }) => Date.parse(validTo) < now)
  const [first] = ended
  const count = ca.length === 1 ? 'one certificate is' : `${ca.length} certificates are`
  if (first === undefined) return [ok('egress-ca', `${count} trusted beside the usual ones`)]
  const detail = `${ended.length} of ${ca.length} have ended, ${first.subject.replaceAll('\n', ', ')} among them`
  return [warn('egress-ca', detail, 'Replace them in the file that egress.ca names.')]
}
