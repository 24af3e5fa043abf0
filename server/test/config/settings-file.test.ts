import { describe, expect, it } from 'vitest'
import { problemsOf, settingsOf } from './loading.ts'

const file = (text: string) => ({ 'sallyport.yaml': text })

describe('the settings file', () => {
  it('is optional in development, where the defaults run the whole thing', () => {
    expect(settingsOf({})).toMatchObject({
      mode: 'dev',
      issuer: 'http://127.0.0.1:9400',
      listen: { host: '127.0.0.1', port: 9400 },
      management: { host: '127.0.0.1', port: 9490 },
      demo: { port: 9401, downstreamPort: 9402, password: undefined },
      dataDir: '/srv/app/.sallyport',
      databaseUrl: undefined,
      registration: { mode: 'open' },
      privateUseRedirects: ['cursor://anysphere.cursor-mcp'],
      lifetimes: {
        codeSeconds: 60,
        accessTokenSeconds: 600,
        accessTokenElevatedSeconds: 300,
        refreshIdleSeconds: 30 * 86_400,
        refreshAbsoluteSeconds: 180 * 86_400,
        refreshGraceSeconds: 60,
        signInSessionSeconds: 14 * 86_400,
        elevationSessionSeconds: 8 * 3600,
        interactionSeconds: 3600,
      },
    })
  })

  it('may be empty, or hold comments only', () => {
    expect(settingsOf(file('')).issuer).toBe('http://127.0.0.1:9400')
    expect(settingsOf(file('# nothing yet\n')).issuer).toBe('http://127.0.0.1:9400')
  })

  it('gives settings that nothing can change afterwards', () => {
    const settings = settingsOf(file('trustedProxies: [10.0.0.1]'))
    expect(Object.isFrozen(settings)).toBe(true)
    expect(Object.isFrozen(settings.lifetimes)).toBe(true)
    expect(Object.isFrozen(settings.trustedProxies)).toBe(true)
  })

  it('resolves paths from the folder of the file, not from the working directory', () => {
    const settings = settingsOf({ 'etc/sallyport.yaml': 'dataDir: data' }, { flags: { config: 'etc/sallyport.yaml' } })
    expect(settings.dataDir).toBe('/srv/app/etc/data')
  })

  it('is an error when it was asked for and is not there', () => {
    expect(problemsOf({}, { env: { SALLYPORT_CONFIG: 'other.yaml' } })).toEqual([
      'environment SALLYPORT_CONFIG: /srv/app/other.yaml does not exist [SALLYPORT_E_SETTINGS_FILE]',
    ])
    expect(problemsOf({}, { flags: { config: 'other.yaml' } })).toEqual([
      'flag --config: /srv/app/other.yaml does not exist [SALLYPORT_E_SETTINGS_FILE]',
    ])
  })
})

describe('a mistake in the settings file', () => {
  it.each([
    {
      mistake: 'an unknown key',
      text: 'issuer: https://a.example\nlisten:\n  prot: 1\n',
      line: 'sallyport.yaml:3:3: listen.prot: is not a setting: did you mean port?',
    },
    {
      mistake: 'an unknown section',
      text: '\nlifetime:\n  codeSeconds: 60\n',
      line: 'sallyport.yaml:2:1: lifetime: is not a setting: did you mean lifetimes?',
    },
    {
      mistake: 'a key in another spelling',
      text: 'clients:\n  - id: a\n    name: A\n    redirectUris: [https://a.example/cb]\n    default_resource: x\n',
      line: 'sallyport.yaml:5:5: clients[0].default_resource: is not a setting: did you mean defaultResource?',
    },
    {
      mistake: 'a key that resembles nothing',
      text: 'demo: { zzzzzzzzz: 1 }',
      line: 'sallyport.yaml:1:9: demo.zzzzzzzzz: is not a setting: remove it; known here: port, downstreamPort, password, passwordFile',
    },
    {
      mistake: 'a wrong type',
      text: 'listen:\n  port: "9400"\n',
      line: 'sallyport.yaml:2:9: listen.port: must be a whole number, not text',
    },
    {
      mistake: 'a section that is a value',
      text: 'listen: 9400\n',
      line: 'sallyport.yaml:1:9: listen: must be a section of key: value lines, not a number (quote it)',
    },
    {
      mistake: 'an empty section',
      text: 'issuer: https://a.example\nlifetimes:\n',
      line: 'lifetimes: must be a section of key: value lines, not empty: give it a value or remove the line',
    },
    {
      mistake: 'a value out of bounds',
      text: 'lifetimes:\n  refreshGraceSeconds: 121\n',
      line: 'sallyport.yaml:2:24: lifetimes.refreshGraceSeconds: must be between 0 and 120: a longer window',
    },
    {
      mistake: 'a value that is not one of a few',
      text: 'logLevel: warning\n',
      line: 'sallyport.yaml:1:11: logLevel: must be one of silent, fatal, error, warn, info, debug, trace: did you mean warn?',
    },
    {
      mistake: 'a missing key',
      text: 'resources:\n  - id: a\n    name: A\n    uri: https://a.example/mcp\n',
      line: 'sallyport.yaml:2:5: resources[0].tools: is missing',
    },
    {
      mistake: 'a key that is set twice',
      text: 'issuer: https://a.example\nissuer: https://b.example\n',
      line: 'sallyport.yaml:2:1: this key is already set above',
    },
    {
      mistake: 'text that is no YAML',
      text: 'issuer: "x',
      line: 'sallyport.yaml:1:11: a colon, a comma or a closing bracket or quote',
    },
    {
      mistake: 'a list at the top',
      text: '- issuer\n',
      line: 'sallyport.yaml:1:1: must hold settings as key: value lines',
    },
  ])('$mistake names its file, line and column and what to change', ({ text, line }) => {
    expect(problemsOf(file(text)).join('\n')).toContain(line)
  })

  it('does not hide the others: all are reported at once', () => {
    const problems = problemsOf(
      file(
        'isuer: https://a.example\nlisten: { port: 70000 }\nlogLevel: loud\ntrustedProxies: [everyone]\nclients: [{ id: "https://x" }]\n',
      ),
      { env: { SALLYPORT_PROT: '1' } },
    )
    for (const part of [
      'SALLYPORT_PROT',
      'isuer',
      'listen.port',
      'logLevel',
      'trustedProxies[0]',
      'clients[0].id',
      'clients[0].name',
    ]) {
      expect(problems.join('\n')).toContain(part)
    }
  })

  it('refuses a file whose anchors expand without end', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefgh'.split('').map((key, at) => `${key}: &${key} [${Array(9).fill(`*${'abcdefgh'[at]}`).join(',')}]`),
    ].join('\n')
    expect(problemsOf(file(bomb))).toEqual([
      'sallyport.yaml: repeats its anchors too often [SALLYPORT_E_SETTINGS_SYNTAX]',
    ])
  })

  it('reports keys of an object prototype like any unknown key', () => {
    expect(problemsOf(file('constructor: 1\n__proto__: { mode: serve }\n')).length).toBeGreaterThanOrEqual(1)
    expect(({} as Record<string, unknown>).mode).toBeUndefined()
  })
})
