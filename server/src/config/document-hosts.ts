import type { Findings } from './problem.ts'
import type { ClientDocumentSettings } from './settings.ts'

// As URLs hold it: an entry spelled in another way would match no client. The default port is not written.
export const TRUSTED_HOST = /^(?!.*:443$)[a-z0-9-]+(\.[a-z0-9-]+)+(:[1-9]\d{0,4})?$/

/** A host, an address, or `*.` and the name that everything below is denied of. */
const DENIED_HOST =
  /^(?:\*\.(?![\d.]+(?::|$)|\[)|(?!\*))(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])(?::[1-9]\d{0,4})?$/
const BELOW = '*.'
const DEFAULT_PORT = '443'

/** Whether an entry is spelled as hosts are in URLs: a mistake here would let in whom the operator meant to keep out. */
export function isDeniedHostEntry(entry: string): boolean {
  const host = entry.startsWith(BELOW) ? entry.slice(BELOW.length) : entry
  return DENIED_HOST.test(entry) && URL.parse(`https://${host}/`)?.host === host
}

/**
 * The entry that denies a host. `app.example.com` denies that host and none below it; `*.example.com` every host below it,
 * however deep, and not itself. Without a port an entry denies every port, with one that port alone.
 * @param host of a URL, as parsers write it, with its port where it is not 443
 * @returns undefined for a host that nobody denied
 */
export function findDenial(host: string, deniedHosts: readonly string[]): string | undefined {
  const asked = nameAndPort(host)
  // The root's dot is another spelling of the same host.
  const name = asked.name.replace(/\.$/, '')
  return deniedHosts.find((entry) => {
    const denied = nameAndPort(entry)
    if (denied.port !== undefined && denied.port !== (asked.port ?? DEFAULT_PORT)) return false
    return denied.name.startsWith(BELOW) ? name.endsWith(denied.name.slice(BELOW.length - 1)) : name === denied.name
  })
}

/** Reports what the lists of hosts say in vain. */
export function judgeClientDocuments(written: ClientDocumentSettings | undefined, findings: Findings): void {
  if (written === undefined) return
  const { mode, trustedHosts, deniedHosts } = written
  if (mode === 'trusted' && trustedHosts.length === 0) {
    const message = 'takes the documents of trustedHosts alone, and names none: list them, or set mode to off'
    findings.problem('SALLYPORT_E_SETTINGS_VALUE', ['clientDocuments', 'mode'], message)
  }
  for (const [index, host] of trustedHosts.entries()) {
    const denial = findDenial(host, deniedHosts)
    if (denial === undefined) continue
    const message = `has no effect: deniedHosts has ${JSON.stringify(denial)}, which wins`
    findings.warning('SALLYPORT_W_SETTINGS_DENIED', ['clientDocuments', 'trustedHosts', index], message)
  }
}

function nameAndPort(host: string): { readonly name: string; readonly port: string | undefined } {
  const [, name = host, port] = /^(.*?)(?::(\d+))?$/.exec(host) ?? []
  return { name, port }
}
