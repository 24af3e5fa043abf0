import { describe, expect, it } from 'vitest'
import { ENVIRONMENT, variableNames } from '../../src/config/environment.ts'
import type { Secret } from '../../src/config/secret.ts'
import type { Settings } from '../../src/config/settings.ts'
import { problemsOf, randomKey, settingsOf } from './loading.ts'

const DOCUMENTED = [
  { variable: 'SALLYPORT_ISSUER', value: 'https://a.example', at: { issuer: 'https://a.example' } },
  { variable: 'SALLYPORT_PORT', value: '9500', at: { listen: { port: 9500 }, issuer: 'http://127.0.0.1:9500' } },
  { variable: 'SALLYPORT_MANAGEMENT_PORT', value: '9501', at: { management: { port: 9501 } } },
  { variable: 'SALLYPORT_DATA_DIR', value: 'data', at: { dataDir: '/srv/app/data' } },
  { variable: 'SALLYPORT_LOG_LEVEL', value: 'debug', at: { logLevel: 'debug' } },
  {
    variable: 'SALLYPORT_TRUSTED_PROXIES',
    value: '10.0.0.0/8, ::1',
    at: { trustedProxies: ['10.0.0.0/8', '::1/128'] },
  },
  { variable: 'SALLYPORT_DEMO_PORT', value: '9502', at: { demo: { port: 9502 } } },
  { variable: 'SALLYPORT_DOWNSTREAM_PORT', value: '9503', at: { demo: { downstreamPort: 9503 } } },
]

interface SecretVariable {
  readonly variable: string
  readonly value: string
  readonly read: (settings: Settings) => Secret | undefined
  /** Settings file beside it. */
  readonly text?: string
}

const SECRETS: readonly SecretVariable[] = [
  { variable: 'DATABASE_URL', value: 'postgres://u:p@h/d', read: (settings) => settings.databaseUrl },
  { variable: 'SALLYPORT_DEMO_PASSWORD', value: 'demo', read: (settings) => settings.demo.password },
  { variable: 'SALLYPORT_ENCRYPTION_KEYS', value: randomKey(), read: (settings) => settings.encryptionKeys[0] },
  { variable: 'SALLYPORT_COOKIE_KEYS', value: randomKey(), read: (settings) => settings.cookieKeys[0] },
  {
    variable: 'SALLYPORT_INITIAL_ACCESS_TOKEN',
    value: randomKey(),
    read: ({ registration }) => (registration.mode === 'token' ? registration.initialAccessToken : undefined),
    text: 'registration: { mode: token }',
  },
]

describe('a variable of the environment', () => {
  it.each(DOCUMENTED)('$variable fills its setting', ({ variable, value, at }) => {
    expect(settingsOf({}, { env: { [variable]: value } })).toMatchObject(at)
  })

  it.each(SECRETS)('$variable fills its setting', ({ variable, value, read, text = '' }) => {
    expect(read(settingsOf({ 'sallyport.yaml': text }, { env: { [variable]: value } }))?.reveal()).toBe(value)
  })

  it.each(SECRETS)('$variable has a twin that names a file', ({ variable, value, read, text = '' }) => {
    const disk = { 'sallyport.yaml': text, 'run/secret': `${value}\n` }
    const settings = settingsOf(disk, { env: { [`${variable}_FILE`]: 'run/secret' } })
    expect(read(settings)?.reveal()).toBe(value)
  })

  it.each(SECRETS)('$variable and its twin together are an error', ({ variable, value }) => {
    const env = { [variable]: value, [`${variable}_FILE`]: 'run/secret' }
    expect(problemsOf({ 'run/secret': value }, { env }).join()).toContain(
      `${variable} and ${variable}_FILE are both set`,
    )
  })

  it.each(SECRETS)('$variable whose file cannot be read names the file', ({ variable }) => {
    const problems = problemsOf({}, { env: { [`${variable}_FILE`]: 'run/secret' } })
    expect(problems.join()).toContain('/srv/app/run/secret does not exist')
    expect(problems.join()).toContain(`environment ${variable}_FILE`)
  })

  it('SALLYPORT_CONFIG names the settings file', () => {
    const disk = { 'etc/s.yaml': 'logLevel: trace' }
    expect(settingsOf(disk, { env: { SALLYPORT_CONFIG: 'etc/s.yaml' } }).logLevel).toBe('trace')
  })

  it.each(['SALLYPORT_CLIENT_ID', 'SALLYPORT_CLIENT_KEY_FILE'])(
    '%s belongs to a protected resource and is ignored',
    (name) => {
      expect(problemsOf({}, { env: { [name]: 'x' } })).toEqual([])
    },
  )

  it('that is empty counts as not set', () => {
    expect(settingsOf({}, { env: { SALLYPORT_ISSUER: '', DATABASE_URL: '', SALLYPORT_NONSENSE: '' } }).issuer).toBe(
      'http://127.0.0.1:9400',
    )
  })

  it('that nobody knows is an error with a suggestion', () => {
    expect(problemsOf({}, { env: { SALLYPORT_ISUER: 'x', SALLYPORT_QUX: 'x', OTHER: 'x' } })).toEqual([
      'environment SALLYPORT_ISUER: is not a variable of Sallyport: did you mean SALLYPORT_ISSUER? [SALLYPORT_E_SETTINGS_UNKNOWN_VARIABLE]',
      'environment SALLYPORT_QUX: is not a variable of Sallyport: unset it [SALLYPORT_E_SETTINGS_UNKNOWN_VARIABLE]',
    ])
  })

  it('that has no secret has no twin', () => {
    expect(problemsOf({}, { env: { SALLYPORT_ISSUER_FILE: 'x' } }).join()).toContain('did you mean SALLYPORT_ISSUER?')
  })

  it.each([
    { name: 'SALLYPORT_PORT', value: 'tcp://10.96.0.7:80' },
    { name: 'SALLYPORT_SERVICE_HOST', value: '10.96.0.7' },
    { name: 'SALLYPORT_PORT_80_TCP_ADDR', value: '10.96.0.7' },
  ])('$name from a Kubernetes service link says how to turn that off', ({ name, value }) => {
    expect(problemsOf({}, { env: { [name]: value } }).join()).toContain('enableServiceLinks: false')
  })

  it('with a bad value is named as the place to change it', () => {
    expect(problemsOf({}, { env: { SALLYPORT_PORT: 'high' } })).toEqual([
      'environment SALLYPORT_PORT: listen.port: must be a whole number, not text [SALLYPORT_E_SETTINGS_TYPE]',
    ])
  })

  it('is in the table once, and every one of them is tested here', () => {
    const tested = [...DOCUMENTED, ...SECRETS].map(({ variable }) => variable)
    const rest = ['SALLYPORT_CONFIG', 'SALLYPORT_CLIENT_ID', 'SALLYPORT_CLIENT_KEY_FILE']
    expect(ENVIRONMENT.map(({ name }) => name).sort()).toEqual([...tested, ...rest].sort())
    expect(new Set(variableNames()).size).toBe(variableNames().length)
  })
})

describe('precedence', () => {
  const disk = { 'sallyport.yaml': 'logLevel: debug\nlisten: { port: 9500 }\n' }

  it('is defaults, file, environment, flags', () => {
    expect(settingsOf({}).logLevel).toBe('info')
    expect(settingsOf(disk).logLevel).toBe('debug')
    expect(settingsOf(disk, { env: { SALLYPORT_LOG_LEVEL: 'warn' } }).logLevel).toBe('warn')
    const flags = { logLevel: 'error' }
    expect(settingsOf(disk, { env: { SALLYPORT_LOG_LEVEL: 'warn' }, flags }).logLevel).toBe('error')
  })

  it('blames the layer that was used, not the one beneath', () => {
    const problems = problemsOf(disk, { env: { SALLYPORT_PORT: '9600' }, flags: { port: '0' } })
    expect(problems.join()).toContain('flag --port: listen.port: must be between 1 and 65535')
  })

  it('lets a secret of the environment replace either form in the file', () => {
    const inFile = { 'sallyport.yaml': 'databaseUrlFile: db\n', db: 'postgres://file/d' }
    expect(settingsOf(inFile).databaseUrl?.reveal()).toBe('postgres://file/d')
    const env = { DATABASE_URL: 'postgres://env/d' }
    expect(settingsOf(inFile, { env }).databaseUrl?.reveal()).toBe('postgres://env/d')
  })
})
