import { describe, expect, it } from 'vitest'
import { problemsOf, randomKey, serveEnvironment, settingsOf } from './loading.ts'

const serve = (changes: Record<string, string | undefined>, yaml = '') => {
  const disk = { 'sallyport.yaml': yaml }
  return problemsOf(disk, { mode: 'serve', env: { ...serveEnvironment(), ...changes } })
}

describe('serve', () => {
  it('starts on a complete environment and listens on every address', () => {
    const settings = settingsOf({}, { mode: 'serve', env: serveEnvironment() })
    expect(settings).toMatchObject({
      mode: 'serve',
      listen: { host: '0.0.0.0', port: 9400 },
      management: { host: '127.0.0.1' },
    })
  })

  it.each(['SALLYPORT_ISSUER', 'DATABASE_URL', 'SALLYPORT_ENCRYPTION_KEYS', 'SALLYPORT_COOKIE_KEYS'])(
    'refuses to start without %s and names it',
    (variable) => {
      const problems = serve({ [variable]: undefined })
      expect(problems).toHaveLength(1)
      expect(problems[0]).toContain('is missing')
      expect(problems[0]).toContain(`set ${variable}`)
    },
  )

  it('names everything that is missing at once', () => {
    expect(problemsOf({}, { mode: 'serve' })).toHaveLength(4)
  })

  it('does not call missing what was written badly', () => {
    expect(serve({ DATABASE_URL: 'mysql://h/d' })).toEqual([
      'environment DATABASE_URL: databaseUrl: must be a URL that begins with postgres:// or postgresql:// [SALLYPORT_E_SETTINGS_VALUE]',
    ])
  })

  it.each([
    { because: 'too short', key: Buffer.alloc(16, 'x').toString('base64') },
    { because: 'too long', key: Buffer.from('abcdefghijklmnopqrstuvwxyz0123456789').toString('base64') },
    { because: 'not base64', key: 'not a key at all, but 44 characters long ...' },
    { because: 'a placeholder', key: Buffer.alloc(32).toString('base64') },
  ])('refuses an encryption key that is $because, without showing it', ({ key }) => {
    const problems = serve({ SALLYPORT_ENCRYPTION_KEYS: key })
    expect(problems.join()).toContain('environment SALLYPORT_ENCRYPTION_KEYS: encryptionKeys')
    expect(problems.join()).not.toContain(key)
  })

  it.each(['too-short', 'changeme'.repeat(8)])('refuses the cookie key %s', (key) => {
    expect(serve({ SALLYPORT_COOKIE_KEYS: key }).join()).toContain('cookieKeys[0]')
  })

  it('accepts several keys for rotation, in order, and refuses one that is listed twice', () => {
    const keys = [randomKey(), randomKey()]
    const env = { ...serveEnvironment(), SALLYPORT_ENCRYPTION_KEYS: keys.join(',') }
    expect(settingsOf({}, { mode: 'serve', env }).encryptionKeys.map((key) => key.reveal())).toEqual(keys)
    expect(serve({ SALLYPORT_COOKIE_KEYS: `${keys[0]},${keys[0]}` }).join()).toContain('cookieKeys[1]: is the same')
  })

  it('refuses two services on one port', () => {
    expect(serve({ SALLYPORT_MANAGEMENT_PORT: '9400' }).join()).toContain('is 9400, which is listen.port too')
  })

  it('refuses to believe everyone about addresses', () => {
    expect(serve({ SALLYPORT_TRUSTED_PROXIES: '0.0.0.0/0' }).join()).toContain('would believe everyone')
  })

  it.each([
    { yaml: 'lifetimes: { accessTokenElevatedSeconds: 900 }', path: 'lifetimes.accessTokenElevatedSeconds' },
    { yaml: 'lifetimes: { refreshAbsoluteSeconds: 3600 }', path: 'lifetimes.refreshIdleSeconds' },
  ])('refuses lifetimes that contradict each other: $path', ({ yaml, path }) => {
    expect(serve({}, yaml).join()).toContain(path)
  })
})

describe('the issuer (AS-DISC-04)', () => {
  it.each(['https://auth.example.com', 'https://auth.example.com/tenant', 'https://auth.example.com:8443'])(
    'may be %s',
    (issuer) => {
      expect(serve({ SALLYPORT_ISSUER: issuer })).toEqual([])
    },
  )

  it.each([
    'http://auth.example.com',
    'http://127.0.0.1:9400',
    'https://auth.example.com/',
    'https://auth.example.com/tenant/',
    'https://auth.example.com?x=1',
    'https://auth.example.com?',
    'https://auth.example.com#x',
    'https://auth.example.com#',
    'https://user:secret@auth.example.com',
    'https://AUTH.example.com',
    'https://auth.example.com:443',
    'https://auth.example.com/a/../b',
    'auth.example.com',
    'ftp://auth.example.com',
  ])('may not be %s in serve', (issuer) => {
    const problems = serve({ SALLYPORT_ISSUER: issuer })
    expect(problems.join()).toContain('environment SALLYPORT_ISSUER: issuer: must')
    expect(problems.join()).not.toContain('user:secret')
  })

  it('may be http on loopback in dev, and nowhere else', () => {
    expect(problemsOf({}, { env: { SALLYPORT_ISSUER: 'http://localhost:9400' } })).toEqual([])
    expect(problemsOf({}, { env: { SALLYPORT_ISSUER: 'http://192.168.0.7:9400' } }).join()).toContain('must use https')
  })
})

describe('dev', () => {
  it.each(['listen', 'management'])('refuses to be reached from another machine by %s.host', (section) => {
    const problems = problemsOf({ 'sallyport.yaml': `${section}:\n  host: 0.0.0.0\n` })
    expect(problems.join()).toContain(`sallyport.yaml:2:9: ${section}.host: must be 127.0.0.1 in dev`)
  })

  it('leaves both alone for a command that only needs the database', () => {
    expect(problemsOf({ 'sallyport.yaml': 'listen: { host: 0.0.0.0 }' }, { mode: 'administer' })).toEqual([])
  })
})
