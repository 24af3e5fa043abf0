import type { Findings, SettingsPath } from './problem.ts'

/** What a resource is called: its identifier and the other spellings of it, all canonical. */
interface Spelled {
  readonly index: number
  readonly entry: { readonly uri: string; readonly aliases: readonly string[] }
}

/**
 * Reports what would make one string mean two resources, and warns where clients cannot tell resources apart.
 * @param resources every resource of the settings, with its place in the list
 */
export function judgeResourceSpellings(resources: readonly Spelled[], findings: Findings): void {
  const owners = new Map<string, SettingsPath>()
  for (const { index, entry } of resources) {
    const claim = (spelling: string, path: SettingsPath) => {
      const owner = owners.get(spelling)
      if (owner === undefined) owners.set(spelling, path)
      else reportTaken(owner, path, findings)
    }
    claim(entry.uri, ['resources', index, 'uri'])
    for (const [at, alias] of entry.aliases.entries()) claim(alias, ['resources', index, 'aliases', at])
  }
  reportOriginAliases(resources, findings)
  warnSharedOrigins(resources, findings)
}

function reportTaken(owner: SettingsPath, path: SettingsPath, findings: Findings): void {
  const own = owner[1] === path[1]
  const message = own
    ? 'already means this resource: remove it'
    : `already means resources[${owner[1]}]: one identifier, one resource`
  findings.problem('SALLYPORT_E_SETTINGS_CONFLICT', path, message)
}

// A token asked for the bare origin would be good for whichever resource owns the alias: with two there, that is a guess.
function reportOriginAliases(resources: readonly Spelled[], findings: Findings): void {
  for (const { index, entry } of resources) {
    for (const [at, alias] of entry.aliases.entries()) {
      if (alias !== originOf(alias)) continue
      const other = resources.find((candidate) => candidate.index !== index && originOf(candidate.entry.uri) === alias)
      if (other === undefined) continue
      const message = `is the origin of resources[${other.index}] too: it could mean either, remove it`
      findings.problem('SALLYPORT_E_SETTINGS_CONFLICT', ['resources', index, 'aliases', at], message)
    }
  }
}

function warnSharedOrigins(resources: readonly Spelled[], findings: Findings): void {
  const byOrigin = Map.groupBy(resources, ({ entry }) => originOf(entry.uri))
  for (const [origin, sharing] of byOrigin) {
    const [first] = sharing
    if (first === undefined || origin === undefined || sharing.length < 2) continue
    const message = `${sharing.length} resources share ${origin}: /.well-known/oauth-protected-resource of the bare origin is 404 there, clients must use the path of each`
    findings.warning('SALLYPORT_W_SETTINGS_SHARED_ORIGIN', ['resources', first.index, 'uri'], message)
  }
}

function originOf(uri: string): string | undefined {
  return URL.canParse(uri) ? new URL(uri).origin : undefined
}
