/** Members, parameters and headers that hold a credential, written without separators in lower case. */
const NAMES = new Set([
  'assertion',
  'authorization',
  'bearer',
  'clientassertion',
  'code',
  'codeverifier',
  'cookie',
  'credential',
  'credentials',
  'csrf',
  'devicecode',
  'dpop',
  'jwt',
  'mcpsessionid',
  'pass',
  'passwd',
  'privatekey',
  'proxyauthorization',
  'pw',
  'pwd',
  'requesturi',
  'secret',
  'sessionid',
  'setcookie',
  'usercode',
  'xsrf',
])
const ENDINGS = ['token', 'secret', 'password', 'apikey', 'passphrase']

/** Says whether what stands under a name is a credential, however the name is spelled. */
export function isSecretName(name: string): boolean {
  const bare = name.toLowerCase().replace(/[^a-z0-9]/g, '')
  return NAMES.has(bare) || ENDINGS.some((ending) => bare.endsWith(ending))
}

/**
 * `"code": "invalid_token"` is how many servers name an error, and it is what a reader must see; an authorization code is random
 * and never made of words.
 */
export function isErrorName(name: string, value: string): boolean {
  return name.toLowerCase() === 'code' && /^[A-Za-z]{2,}(?:[_. -][A-Za-z]+)*$/.test(value) && value.length < 40
}
