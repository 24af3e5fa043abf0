import { describe, expect, it } from 'vitest'
import { formatProblem } from '../../src/config/problem.ts'
import { load, problemsOf, randomKey, settingsOf } from './loading.ts'

const TOOLS = `scopes:
  mcp:issue:read: { class: read, description: Read issues }
tools:
  issue_read: { scopes: [mcp:issue:read] }
`

const resource = (id: string, uri: string, rest = '') =>
  `  - { id: ${id}, name: ${id}, uri: '${uri}', tools: tools.yaml${rest} }\n`
const disk = (yaml: string) => ({ 'sallyport.yaml': yaml, 'tools.yaml': TOOLS })
const client = (rest: string) => disk(`clients:\n  - { id: editor, name: Editor, ${rest} }\n`)

describe('a resource of the settings', () => {
  it('has its identifier in the one canonical spelling and its tools file as data', () => {
    const [only] = settingsOf(
      disk(`resources:\n${resource('issues', 'HTTPS://MCP.example.com:443/mcp', ', accessTokenSeconds: 120')}`),
    ).resources
    expect(only).toEqual({
      id: 'issues',
      name: 'issues',
      uri: 'https://mcp.example.com/mcp',
      aliases: [],
      accessTokenSeconds: 120,
      exchangeOnly: false,
      exchangeFrom: [],
      tools: {
        scopes: { 'mcp:issue:read': { class: 'read', description: 'Read issues' } },
        tools: { issue_read: { scopes: ['mcp:issue:read'] } },
      },
    })
  })

  it('may hold its tools file inline', () => {
    const inline =
      'resources:\n  - id: a\n    name: A\n    uri: https://a.example/mcp\n    tools: { scopes: {}, tools: { whoami: { class: discovery, scopes: [] } } }\n'
    expect(settingsOf(disk(inline)).resources[0]?.tools).toMatchObject({ tools: { whoami: { class: 'discovery' } } })
  })

  it('whose tools file is wrong names line and column of that file', () => {
    const tools = TOOLS.replace('[mcp:issue:read]', '[mcp:issue:raed]')
    const problems = problemsOf({
      ...disk(`resources:\n${resource('a', 'https://a.example/mcp')}`),
      'tools.yaml': tools,
    })
    expect(problems.join()).toMatch(
      /\/srv\/app\/tools\.yaml:4:\d+: tools\.issue_read\.scopes\[0\]: .*\[SALLYPORT_E_SETTINGS_TOOLS\]/,
    )
  })

  it('whose inline tools file is wrong names line and column of the settings file', () => {
    const inline =
      'resources:\n  - id: a\n    name: A\n    uri: https://a.example/mcp\n    tools:\n      scopes: {}\n      tools: { x: { scopes: [nope] } }\n'
    expect(problemsOf(disk(inline)).join()).toMatch(/sallyport\.yaml:7:\d+: resources\[0\]\.tools\.tools\.x/)
  })

  it('whose tools file is not there names the file', () => {
    const problems = problemsOf({ 'sallyport.yaml': `resources:\n${resource('a', 'https://a.example/mcp')}` })
    expect(problems.join()).toContain('sallyport.yaml:2:')
    expect(problems.join()).toContain('resources[0].tools: /srv/app/tools.yaml does not exist')
  })

  it.each([
    { because: 'a fragment', uri: 'https://a.example/mcp#x' },
    { because: 'a password', uri: 'https://u:p@a.example/mcp' },
    { because: 'http off this machine', uri: 'http://a.example/mcp' },
    { because: 'no scheme', uri: 'a.example/mcp' },
  ])('is refused for $because in its identifier', ({ uri }) => {
    expect(problemsOf(disk(`resources:\n${resource('a', uri)}`)).join()).toContain(
      'sallyport.yaml:2:28: resources[0].uri',
    )
  })

  it.each([59, 3601])('is refused an access token of %d seconds', (seconds) => {
    const yaml = `resources:\n${resource('a', 'https://a.example/mcp', `, accessTokenSeconds: ${seconds}`)}`
    expect(problemsOf(disk(yaml)).join()).toContain('resources[0].accessTokenSeconds: must be between 60 and 3600')
  })
})

describe('two resources', () => {
  it('cannot have the same id', () => {
    const yaml = `resources:\n${resource('a', 'https://a.example/mcp')}${resource('a', 'https://b.example/mcp')}`
    expect(problemsOf(disk(yaml)).join()).toContain('resources[1].id: is the id of resources[0] too')
  })

  it('cannot be meant by the same identifier, alias or not', () => {
    const yaml = `resources:\n${resource('a', 'https://a.example/mcp')}${resource('b', 'https://b.example/mcp', ", aliases: ['https://A.example/mcp']")}`
    expect(problemsOf(disk(yaml)).join()).toContain('resources[1].aliases[0]: already means resources[0]')
  })

  it('cannot live on an origin that is the alias of one of them', () => {
    const yaml = `resources:\n${resource('a', 'https://a.example/one', ", aliases: ['https://a.example/']")}${resource('b', 'https://a.example/two')}`
    expect(problemsOf(disk(yaml)).join()).toContain('resources[0].aliases[0]: is the origin of resources[1] too')
  })

  it('that share an origin are a warning, because the metadata of the origin cannot name either', () => {
    const yaml = `resources:\n${resource('a', 'https://a.example/one')}${resource('b', 'https://a.example/two')}`
    const loaded = load(disk(yaml))
    expect(loaded.ok).toBe(true)
    expect(loaded.warnings.map(formatProblem).join()).toContain('2 resources share https://a.example')
  })

  it('with an origin of their own may have that origin as alias', () => {
    const yaml = `resources:\n${resource('a', 'https://a.example/mcp', ", aliases: ['https://a.example', 'https://a.example/mcp/']")}`
    expect(settingsOf(disk(yaml)).resources[0]?.aliases).toEqual(['https://a.example', 'https://a.example/mcp/'])
  })
})

describe('a client of the settings', () => {
  it('is public without a secret and confidential with one', () => {
    const secret = randomKey()
    expect(settingsOf(client("redirectUris: ['http://127.0.0.1/cb']")).clients[0]).not.toHaveProperty('secret')
    const confidential = settingsOf({ ...client("redirectUris: ['https://a.example/cb'], secretFile: s"), s: secret })
    expect(confidential.clients[0]?.secret?.reveal()).toBe(secret)
  })

  it.each([
    { because: 'AS-RED-05', rest: "redirectUris: ['http://a.example/cb']", path: 'redirectUris[0]: must use https' },
    {
      because: 'AS-RED-06',
      rest: "redirectUris: ['vscode://x/cb']",
      path: 'redirectUris[0]: uses a private-use scheme',
    },
    {
      because: 'AS-RED-08',
      rest: "redirectUris: ['https://a.example/cb#x']",
      path: 'redirectUris[0]: must not have a fragment',
    },
    { because: 'none', rest: 'redirectUris: []', path: 'redirectUris: must hold at least one' },
    {
      because: 'twice the same',
      rest: "redirectUris: ['https://a.example/cb', 'https://a.example/cb']",
      path: 'redirectUris[1]',
    },
    {
      because: 'a weak secret',
      rest: "redirectUris: ['https://a.example/cb'], secret: hunter2",
      path: 'secret: must be 32',
    },
    {
      because: 'a secret in an app',
      rest: `redirectUris: ['cursor://anysphere.cursor-mcp/cb'], secret: ${randomKey()}`,
      path: 'redirectUris[0]: is for public clients',
    },
  ])('is refused for $because', ({ rest, path }) => {
    expect(problemsOf(client(rest)).join()).toContain(`clients[0].${path}`)
  })

  it('may use an app scheme that the operator listed', () => {
    const yaml =
      "privateUseRedirects: ['vscode://x']\nclients:\n  - { id: e, name: E, redirectUris: ['vscode://x/cb'] }\n"
    expect(problemsOf(disk(yaml))).toEqual([])
    expect(problemsOf(disk("privateUseRedirects: ['javascript://x']")).join()).toContain('privateUseRedirects[0]')
  })

  it('that names an unknown default resource is a warning: the registry may know it', () => {
    const loaded = load(client("redirectUris: ['https://a.example/cb'], defaultResource: issues"))
    expect(loaded.ok && loaded.warnings.map(({ code }) => code)).toEqual(['SALLYPORT_W_SETTINGS_UNRESOLVED'])
  })
})
