import type { Caller } from './caller.ts'

type Report = (level: 'warn', message: string, detail: Readonly<Record<string, unknown>>) => void

// Anyone can cause such a line, so they must not fill a disk.
const PLAIN_HTTP_EVERY_MS = 60_000

/**
 * Tells the operator what requests show of the proxy in front, as rarely as it takes to be seen. Neither refuses a
 * request: a proxy behind another often says http of the step between them, and anyone can write the header.
 * @param options.https the issuer is https, so that nobody should come by http
 * @param options.now milliseconds, any clock that does not jump
 */
export function createProxyHints(options: {
  report: Report
  https: boolean
  now?: () => number
}): (caller: Caller) => void {
  const { report, https, now = () => performance.now() } = options
  let ignoredWasSaid = false
  let plainHttpSaid = Number.NEGATIVE_INFINITY
  return ({ address, scheme, ignored }) => {
    if (ignored && !ignoredWasSaid) {
      ignoredWasSaid = true
      const message = 'X-Forwarded-For is not read: who sends it is not among trustedProxies'
      report('warn', message, { address, code: 'SALLYPORT_W_PROXY_NOT_TRUSTED' })
    }
    if (https && scheme === 'http' && now() - plainHttpSaid >= PLAIN_HTTP_EVERY_MS) {
      plainHttpSaid = now()
      const message = 'the proxy in front says that a request came by plain http: let it redirect to https'
      report('warn', message, { address, code: 'SALLYPORT_W_PLAIN_HTTP' })
    }
  }
}
