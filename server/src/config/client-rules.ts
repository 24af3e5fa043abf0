import { resolve } from 'node:path'
import type { z } from 'zod'
import type { SettingsPath } from './problem.ts'
import { judgePublicKeySet, type PublicKeySet } from './public-key-set.ts'
import { judgeRedirectUri } from './redirect-uri.ts'
import type { Entry } from './resource-rules.ts'
import type { clientSchema } from './schema-registry.ts'
import type { Secret } from './secret.ts'
import { refuseClientSecret } from './secret-rules.ts'
import { readSecret, type SecretLookup } from './secrets.ts'
import type { ClientSettings } from './settings.ts'

export type ClientInput = z.output<typeof clientSchema>

interface ClientRulesDeps {
  readonly lookup: SecretLookup
  readonly privateUseRedirects: readonly string[]
  /** Ids that the same file gives to resources. */
  readonly resourceIds: ReadonlySet<string>
}

/**
 * Judges the pre-registered clients of the settings.
 * @returns all of them; what is wrong was reported
 */
export function judgeClients(entries: readonly Entry<ClientInput>[], deps: ClientRulesDeps): readonly ClientSettings[] {
  const seen = new Map<string, number>()
  return entries.map(({ index, entry }) => {
    const { findings } = deps.lookup
    const first = seen.get(entry.id)
    if (first === undefined) seen.set(entry.id, index)
    else
      findings.problem('SALLYPORT_E_SETTINGS_CONFLICT', ['clients', index, 'id'], `is the id of clients[${first}] too`)
    return judgeClient(['clients', index], entry, deps)
  })
}

function judgeClient(path: SettingsPath, input: ClientInput, deps: ClientRulesDeps): ClientSettings {
  const clientSecret = readSecret(deps.lookup, [...path, 'secret'], refuseClientSecret)
  const hasSecret = input.secret !== undefined || input.secretFile !== undefined
  const jwks = input.jwks === undefined ? undefined : readKeys(input.jwks, [...path, 'jwks'], deps.lookup)
  const confidential = hasSecret || input.jwks !== undefined
  if (hasSecret && input.jwks !== undefined) {
    const message = 'is set beside a secret: a client signs in one way, remove one of them'
    deps.lookup.findings.problem('SALLYPORT_E_SETTINGS_CONFLICT', [...path, 'jwks'], message)
  }
  // A client that signs in by key may be a server that exchanges tokens and never sends a person anywhere.
  if (input.redirectUris.length === 0 && input.jwks === undefined) {
    const message = 'must hold at least one redirect URI'
    deps.lookup.findings.problem('SALLYPORT_E_SETTINGS_VALUE', [...path, 'redirectUris'], message)
  }
  judgeRedirectUris(path, input.redirectUris, confidential, deps)
  const { defaultResource } = input
  if (defaultResource !== undefined && !deps.resourceIds.has(defaultResource)) {
    deps.lookup.findings.warning(
      'SALLYPORT_W_SETTINGS_UNRESOLVED',
      [...path, 'defaultResource'],
      'is not a resource of this file: it must have been added by `sallyport resource add`',
    )
  }
  return buildClient(input, clientSecret, jwks)
}

function readKeys(
  written: NonNullable<ClientInput['jwks']>,
  path: SettingsPath,
  { files, baseDir, findings }: SecretLookup,
): PublicKeySet | undefined {
  const file = typeof written === 'string' ? resolve(baseDir, written) : undefined
  const content = file === undefined ? undefined : files.get(file)
  if (file !== undefined && content?.ok !== true) {
    findings.problem('SALLYPORT_E_SETTINGS_FILE', path, `${file} ${content?.reason ?? 'was not read'}`)
    return undefined
  }
  const judged = judgePublicKeySet(content?.ok === true ? parseJson(content.text) : written)
  if (judged.ok) return judged.jwks
  findings.problem('SALLYPORT_E_SETTINGS_VALUE', path, judged.reason)
  return undefined
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function judgeRedirectUris(
  path: SettingsPath,
  redirectUris: readonly string[],
  confidential: boolean,
  { lookup, privateUseRedirects }: ClientRulesDeps,
): void {
  const seen = new Set<string>()
  for (const [at, uri] of redirectUris.entries()) {
    const where = [...path, 'redirectUris', at]
    const judged = judgeRedirectUri(uri, privateUseRedirects)
    if (!judged.ok) lookup.findings.problem('SALLYPORT_E_SETTINGS_VALUE', where, judged.reason)
    else if (judged.kind === 'private-use' && confidential) {
      const message = "is for public clients: an app on a person's machine cannot keep a secret"
      lookup.findings.problem('SALLYPORT_E_SETTINGS_VALUE', where, message)
    }
    if (seen.has(uri)) lookup.findings.problem('SALLYPORT_E_SETTINGS_CONFLICT', where, 'is listed twice: remove one')
    seen.add(uri)
  }
}

function buildClient(
  input: ClientInput,
  clientSecret: Secret | undefined,
  jwks: PublicKeySet | undefined,
): ClientSettings {
  return {
    id: input.id,
    name: input.name,
    redirectUris: input.redirectUris,
    ...(clientSecret === undefined ? {} : { secret: clientSecret }),
    ...(jwks === undefined ? {} : { jwks }),
    ...(input.defaultResource === undefined ? {} : { defaultResource: input.defaultResource }),
    ...(input.dpopBoundAccessTokens ? { dpopBoundAccessTokens: true } : {}),
    ...(input.requirePushedRequests ? { requirePushedRequests: true } : {}),
  }
}
