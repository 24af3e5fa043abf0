import type { Provider } from 'oidc-provider'

/**
 * Many clients, both MCP SDKs among them, send id and secret in Basic credentials as they are, not form-encoded as
 * RFC 6749 §2.3.1 wants. A secret with `+` or `%` then reads as another one.
 * @returns the secret as it was sent, undefined when the header holds no Basic credentials
 */
export function rawBasicSecret(authorization: string | undefined): string | undefined {
  return parseBasic(authorization)?.secret
}

/** Encodes Basic credentials that cannot be form-encoded ones, so that the engine can read them at all. */
export function acceptRawCredentials(provider: Provider): void {
  provider.use(async (ctx, next) => {
    const raw = parseBasic(ctx.get('Authorization'))
    if (raw !== undefined && !(isDecodable(raw.id) && isDecodable(raw.secret))) {
      const pair = `${encodeURIComponent(raw.id)}:${encodeURIComponent(raw.secret)}`
      ctx.req.headers.authorization = `Basic ${Buffer.from(pair).toString('base64')}`
    }
    await next()
  })
}

function parseBasic(authorization: string | undefined): { id: string; secret: string } | undefined {
  const encoded = /^basic ([A-Za-z0-9+/]+=*)$/i.exec(authorization ?? '')?.[1]
  if (encoded === undefined) return undefined
  const pair = Buffer.from(encoded, 'base64').toString('utf8')
  const at = pair.indexOf(':')
  return at === -1 ? undefined : { id: pair.slice(0, at), secret: pair.slice(at + 1) }
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}
