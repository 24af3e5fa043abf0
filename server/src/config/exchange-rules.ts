import type { Findings, SettingsPath } from './problem.ts'
import type { ClientSettings, ResourceSettings } from './settings.ts'

/** One resource and where it stands in the file. */
interface Placed {
  readonly index: number
  readonly entry: ResourceSettings
}

/** Judges which resources may be exchanged into which: what the file alone can tell. */
export function judgeExchangeSources(resources: readonly Placed[], findings: Findings): void {
  for (const { index, entry } of resources) {
    const path = ['resources', index]
    const { exchangeFrom = [], exchangeOnly } = entry
    if (exchangeOnly && exchangeFrom.length === 0) {
      const message = 'lists nobody, and exchange is the only way in: no token can be had for this resource'
      findings.warning('SALLYPORT_W_SETTINGS_UNREACHABLE', [...path, 'exchangeFrom'], message)
    }
    for (const [at, source] of exchangeFrom.entries()) {
      const where = [...path, 'exchangeFrom', at]
      if (source === entry.id) {
        findings.problem('SALLYPORT_E_SETTINGS_VALUE', where, 'is this very resource: remove it')
      } else if (exchangeFrom.indexOf(source) !== at) {
        findings.problem('SALLYPORT_E_SETTINGS_CONFLICT', where, 'is listed twice: remove one')
      }
    }
  }
}

/**
 * Judges what resources and clients of one file say of each other. What the file does not hold may be in the registry,
 * which has the last word.
 */
export function judgeOwners(
  settings: { readonly resources: readonly ResourceSettings[]; readonly clients: readonly ClientSettings[] },
  findings: Findings,
): void {
  const clients = new Map(settings.clients.map((client) => [client.id, client]))
  const resources = new Map(settings.resources.map((resource) => [resource.id, resource]))
  for (const [index, { ownerClient, exchangeFrom = [] }] of settings.resources.entries()) {
    const path = ['resources', index]
    if (ownerClient !== undefined) judgeOwner(clients.get(ownerClient), [...path, 'ownerClient'], findings)
    for (const [at, source] of exchangeFrom.entries()) {
      if (!resources.has(source)) warnUnresolved([...path, 'exchangeFrom', at], 'resource', findings)
    }
  }
  for (const [index, { defaultResource }] of settings.clients.entries()) {
    if (defaultResource === undefined || resources.get(defaultResource)?.exchangeOnly !== true) continue
    const message = 'is reached by exchange alone: a client cannot be authorized for it'
    findings.problem('SALLYPORT_E_SETTINGS_VALUE', ['clients', index, 'defaultResource'], message)
  }
}

function judgeOwner(owner: ClientSettings | undefined, path: SettingsPath, findings: Findings): void {
  if (owner === undefined) warnUnresolved(path, 'client', findings)
  else if (owner.jwks === undefined) {
    const message = 'is a client without jwks: the owner of a resource signs in by key'
    findings.problem('SALLYPORT_E_SETTINGS_VALUE', path, message)
  }
}

function warnUnresolved(path: SettingsPath, noun: 'client' | 'resource', findings: Findings): void {
  const message = `is not a ${noun} of this file: it must have been added by \`sallyport ${noun} add\``
  findings.warning('SALLYPORT_W_SETTINGS_UNRESOLVED', path, message)
}
