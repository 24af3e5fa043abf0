const SHOWN_IN_HEADER = ['alg', 'typ', 'kid'] as const
const SHOWN_IN_CLAIMS = ['iss', 'aud', 'scope', 'exp', 'nbf'] as const
const VALUE_CHARACTERS_MAX = 120

/**
 * What a reader has to know of a token to believe a verdict, and nothing that could be used: what it says of its algorithm, issuer,
 * audience, scope and time. No person, no signature.
 * @param token what followed the scheme
 * @returns `token alg=ES256 iss=… aud=…`; undefined for what is no JWT
 */
export function describeToken(token: string): string | undefined {
  const [header, claims] = token.split('.').map(objectOf)
  if (header === undefined) return undefined
  const words = [...shown(header, SHOWN_IN_HEADER), ...shown(claims ?? {}, SHOWN_IN_CLAIMS)]
  return ['token', ...words].join(' ')
}

function shown(members: Readonly<Record<string, unknown>>, names: readonly string[]): readonly string[] {
  return names.flatMap((name) => {
    const value = members[name]
    return value === undefined ? [] : [`${name}=${written(value)}`]
  })
}

/** Brackets and quotes would end the note that it stands in. */
function written(value: unknown): string {
  const text = typeof value === 'string' ? value : Array.isArray(value) ? value.map(String).join(',') : String(value)
  const clean = text.replace(/[^\x21-\x7e]+/g, '+').replace(/[[\]"'\\]/g, '')
  return clean.length > VALUE_CHARACTERS_MAX ? `${clean.slice(0, VALUE_CHARACTERS_MAX)}…` : clean
}

function objectOf(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}
