/** AES-256 takes exactly this many bytes. */
const ENCRYPTION_KEY_BYTES = 32
/** Half a byte of entropy in each character, at worst, still makes 128 bits. */
const MIN_COOKIE_KEY_LENGTH = 32
/** The same for client secrets: unlike passwords they are made by a machine and can be guessed at offline. */
const MIN_CLIENT_SECRET_LENGTH = 32
const MAX_SECRET_LENGTH = 1024
/** A random key of 32 characters has far more different ones; `changemechangeme…` and zeros have fewer. */
const MIN_DIFFERENT_CHARACTERS = 10

/** Judges one secret. @returns why it is refused, without quoting it, or undefined */
export type RefuseSecret = (value: string) => string | undefined

export const refuseEncryptionKey: RefuseSecret = (value) => {
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(value))
    return 'must be 32 random bytes in base64: make one with `openssl rand -base64 32`'
  const bytes = Buffer.from(value, 'base64').length
  if (bytes !== ENCRYPTION_KEY_BYTES) {
    return `must be 32 bytes in base64 and is ${bytes}: make one with \`openssl rand -base64 32\``
  }
  return refusePlaceholder(value)
}

export const refuseCookieKey: RefuseSecret = (value) => {
  if (value.length < MIN_COOKIE_KEY_LENGTH) {
    return `must be ${MIN_COOKIE_KEY_LENGTH} characters or more: make one with \`openssl rand -base64 32\``
  }
  return refuseLength(value) ?? refusePlaceholder(value)
}

export const refuseClientSecret: RefuseSecret = (value) => {
  if (!/^[\x21-\x7e]*$/.test(value)) return 'must be printable ASCII without blanks'
  if (value.length < MIN_CLIENT_SECRET_LENGTH) {
    return `must be ${MIN_CLIENT_SECRET_LENGTH} characters or more: make one with \`openssl rand -base64 32\``
  }
  return refuseLength(value) ?? refusePlaceholder(value)
}

/** @see RFC 6750 §2.1 for the characters */
export const refuseBearerToken: RefuseSecret = (value) =>
  /^[A-Za-z0-9._~+/-]+=*$/.test(value)
    ? refuseClientSecret(value)
    : 'must hold letters, digits and - . _ ~ + / alone: make one with `openssl rand -base64 32`'

export const refuseDatabaseUrl: RefuseSecret = (value) => {
  if (URL.canParse(value) && /^postgres(ql)?:$/.test(new URL(value).protocol)) return undefined
  return 'must be a URL that begins with postgres:// or postgresql://'
}

export const refuseProxyUrl: RefuseSecret = (value) => {
  const url = URL.parse(value)
  if (url === null || !/^https?:$/.test(url.protocol)) return 'must be a URL that begins with http:// or https://'
  return url.pathname === '/' && url.search === '' && url.hash === ''
    ? undefined
    : 'must end with the port of the proxy'
}

export const refusePassword: RefuseSecret = (value) => refuseLength(value)

function refuseLength(value: string): string | undefined {
  return value.length > MAX_SECRET_LENGTH ? `must not be longer than ${MAX_SECRET_LENGTH} characters` : undefined
}

function refusePlaceholder(value: string): string | undefined {
  const different = new Set(value).size
  return different < MIN_DIFFERENT_CHARACTERS
    ? 'looks like a placeholder: make one with `openssl rand -base64 32`'
    : undefined
}
