import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'

/** What an attacker, or an authenticator of another kind, does otherwise. */
export interface Deviation {
  readonly origin?: string
  readonly rpId?: string
  readonly challenge?: string
  readonly type?: string
  readonly crossOrigin?: boolean
  readonly userVerified?: boolean
  readonly counter?: number
  readonly userHandle?: string | null
  readonly signature?: Buffer
  /** What a new credential is called. */
  readonly credentialId?: string
  /** Instead of none. */
  readonly attestation?: { readonly fmt: string; readonly x5c: Buffer }
}

/** An authenticator in software, with the browser in front of it. Each new credential replaces the one before. */
export interface Authenticator {
  /** Answers options of `navigator.credentials.create`, as the page's script posts it. */
  create(options: string, deviation?: Deviation): string
  /** Answers options of `navigator.credentials.get`. */
  get(options: string, deviation?: Deviation): string
  readonly credentialId: string
  /** The same key in a second place. */
  copy(): Authenticator
}

interface State {
  readonly keys: ReturnType<typeof newKeys>
  readonly credentialId: Buffer
  readonly userHandle: string
  counter: number
}

/**
 * @param origin of the page, in a browser that does not lie
 * @param options.counts whether it counts its signatures; most synchronised ones do not
 */
export function createAuthenticator(
  origin: string,
  options: { counts?: boolean } = {},
  given: State | undefined = undefined,
): Authenticator {
  const { counts = true } = options
  let state = given
  const known = (): State => {
    if (state === undefined) throw new Error('no passkey was made yet')
    return state
  }
  const next = (): number => {
    const current = known()
    if (counts) current.counter += 1
    return current.counter
  }
  return {
    get credentialId() {
      return known().credentialId.toString('base64url')
    },
    create(text, deviation = {}) {
      const asked = JSON.parse(text)
      const called = deviation.credentialId
      const id = called === undefined ? randomBytes(32) : Buffer.from(called, 'base64url')
      state = { keys: newKeys(), credentialId: id, userHandle: asked.user.id, counter: 0 }
      const { credentialId, keys } = state
      const length = Buffer.alloc(2)
      length.writeUInt16BE(credentialId.length)
      const attested = Buffer.concat([Buffer.alloc(16), length, credentialId, coseKey(keys.publicKey)])
      const authData = authenticatorData(deviation.rpId ?? asked.rp.id, FLAG_ATTESTED, 0, deviation, attested)
      const { attestation } = deviation
      const statement = attestation === undefined ? map([]) : map([[text8('x5c'), array([bytes8(attestation.x5c)])]])
      const attestationObject = map([
        [text8('fmt'), text8(attestation?.fmt ?? 'none')],
        [text8('attStmt'), statement],
        [text8('authData'), bytes8(authData)],
      ])
      return JSON.stringify({
        ...envelope(credentialId),
        response: {
          clientDataJSON: clientData('webauthn.create', asked.challenge, origin, deviation),
          attestationObject: attestationObject.toString('base64url'),
          transports: ['internal'],
        },
      })
    },
    get(text, deviation = {}) {
      const asked = JSON.parse(text)
      const { keys, credentialId, userHandle } = known()
      const authData = authenticatorData(deviation.rpId ?? asked.rpId, 0, deviation.counter ?? next(), deviation)
      const clientDataJSON = clientData('webauthn.get', asked.challenge, origin, deviation)
      const digest = createHash('sha256').update(Buffer.from(clientDataJSON, 'base64url')).digest()
      const signature = deviation.signature ?? sign('sha256', Buffer.concat([authData, digest]), keys.privateKey)
      return JSON.stringify({
        ...envelope(credentialId),
        response: {
          clientDataJSON,
          authenticatorData: authData.toString('base64url'),
          signature: signature.toString('base64url'),
          userHandle: deviation.userHandle === undefined ? userHandle : deviation.userHandle,
        },
      })
    },
    copy: () => createAuthenticator(origin, options, { ...known() }),
  }
}

function newKeys() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
}

function envelope(credentialId: Buffer) {
  const id = credentialId.toString('base64url')
  return { id, rawId: id, type: 'public-key', clientExtensionResults: {}, authenticatorAttachment: 'platform' }
}

function clientData(type: string, challenge: string, origin: string, deviation: Deviation): string {
  const said = { type: deviation.type ?? type, challenge: deviation.challenge ?? challenge }
  const where = { origin: deviation.origin ?? origin, crossOrigin: deviation.crossOrigin ?? false }
  return Buffer.from(JSON.stringify({ ...said, ...where })).toString('base64url')
}

const [FLAG_PRESENT, FLAG_VERIFIED, FLAG_ATTESTED] = [0x01, 0x04, 0x40]

/** @see Web Authentication Level 3 §6.1 */
function authenticatorData(
  rpId: string,
  flags: number,
  counter: number,
  { userVerified = true }: Deviation,
  attested: Buffer = Buffer.alloc(0),
): Buffer {
  const head = Buffer.alloc(5)
  head.writeUInt8(flags | FLAG_PRESENT | (userVerified ? FLAG_VERIFIED : 0))
  head.writeUInt32BE(counter, 1)
  return Buffer.concat([createHash('sha256').update(rpId).digest(), head, attested])
}

/** An ES256 key. @see RFC 9053 §7.1.1 */
function coseKey(publicKey: ReturnType<typeof newKeys>['publicKey']): Buffer {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const int = (value: number): Buffer => Buffer.of(value < 0 ? 0x20 + (-1 - value) : value)
  return map([
    [int(1), int(2)],
    [int(3), int(-7)],
    [int(-1), int(1)],
    [int(-2), bytes8(Buffer.from(x, 'base64url'))],
    [int(-3), bytes8(Buffer.from(y, 'base64url'))],
  ])
}

// As much of CBOR as an attestation takes. @see RFC 8949 §3
const map = (pairs: readonly (readonly [Buffer, Buffer])[]): Buffer =>
  Buffer.concat([Buffer.of(0xa0 + pairs.length), ...pairs.flat()])
const array = (items: readonly Buffer[]): Buffer => Buffer.concat([Buffer.of(0x80 + items.length), ...items])
const bytes8 = (bytes: Buffer): Buffer => Buffer.concat([head8(0x40, bytes.length), bytes])
const text8 = (text: string): Buffer => Buffer.concat([head8(0x60, Buffer.byteLength(text)), Buffer.from(text)])

function head8(major: number, length: number): Buffer {
  if (length < 24) return Buffer.of(major + length)
  return length < 256 ? Buffer.of(major + 24, length) : Buffer.of(major + 25, length >> 8, length & 0xff)
}
