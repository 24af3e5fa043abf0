import { createSecureContext, rootCertificates } from 'node:tls'
import { Client } from 'undici'
import type { EgressSettings } from '../config/settings.ts'
import { describeFailure } from './failure.ts'
import { resolveName } from './resolve.ts'

export type Inspection =
  | { readonly ok: true; readonly detail: string }
  | { readonly ok: false; readonly reason: string }

/**
 * Whether the proxy answers at all. Any answer will do: what it lets through, only a request tells.
 * @returns undefined when there is none
 */
export async function inspectProxy(settings: EgressSettings, timeoutMs: number): Promise<Inspection | undefined> {
  if (settings.proxy === undefined) return undefined
  const { origin, host } = new URL(settings.proxy.reveal())
  const secureContext = createSecureContext({ ca: [...rootCertificates, ...settings.ca], minVersion: 'TLSv1.2' })
  const client = new Client(origin, { connect: { secureContext, rejectUnauthorized: true }, allowH2: false })
  try {
    const { body } = await client.request({ method: 'GET', path: '/', signal: AbortSignal.timeout(timeoutMs) })
    body.on('error', () => undefined).destroy()
    return { ok: true, detail: host }
  } catch (error) {
    return { ok: false, reason: `${host}: ${describeFailure(error)}` }
  } finally {
    await client.destroy()
  }
}

/** Whether the host of an `egress.allow` entry has an address. */
export async function inspectAllowEntry(entry: string, timeoutMs: number): Promise<Inspection> {
  const hostname = entry.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    const found = await resolveName(hostname, { trust: 'settings', signal })
    return { ok: true, detail: `${entry} is ${found.map(({ address }) => address).join(', ')}` }
  } catch (error) {
    return { ok: false, reason: `${entry}: ${describeFailure(error)}` }
  }
}
