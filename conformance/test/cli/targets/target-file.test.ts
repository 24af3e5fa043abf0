import { describe, expect, it } from 'vitest'
import { runKept } from '../../setup/kept-console.ts'

/** What a run says about a file that is wrong; nothing of it is sent, because it ends with 2. */
async function complaint(text: string, args: readonly string[] = [], environment = {}): Promise<string> {
  const { exitCode, err } = await runKept(['server', '--targets', 't.yaml', ...args], {
    files: { 't.yaml': text },
    environment,
  })
  expect(exitCode).toBe(2)
  return err.join('\n')
}

const URL_LINE = 'url: https://mcp.invalid/mcp'

describe('a file of targets', () => {
  it.each([
    { what: 'an unknown key', text: `- ${URL_LINE}\n  colour: red`, says: 't.yaml:2:3: unknown key colour' },
    {
      what: 'a flag as it is typed',
      text: `- ${URL_LINE}\n  issuer-port: 1`,
      says: 't.yaml:2:3: unknown key issuer-port; write it issuerPort',
    },
    { what: 'a token', text: `- ${URL_LINE}\n  token: abc`, says: 't.yaml:2:3: a token does not belong into a file' },
    {
      what: 'a flag of the whole run',
      text: `- ${URL_LINE}\n  json: r.json`,
      says: 't.yaml:2:3: json is said once for the run: write --json',
    },
    { what: 'a text for a switch', text: `- ${URL_LINE}\n  slow: often`, says: 't.yaml:2:3: slow is true or false' },
    {
      what: 'a list for one value',
      text: `- ${URL_LINE}\n  spec: [a]`,
      says: 't.yaml:2:3: spec is a text or a number',
    },
    { what: 'no url', text: '- name: a', says: 't.yaml:1:3: the target has no url' },
    { what: 'no map', text: '- https://mcp.invalid/mcp', says: 't.yaml:1:3: a target is a map' },
    { what: 'no list', text: 'a: b', says: 't.yaml: write a list of targets' },
    { what: 'an empty list', text: '[]', says: 't.yaml: the list of targets is empty' },
    { what: 'no YAML', text: '- "', says: 't.yaml:1:' },
    {
      what: 'twins',
      text: `- ${URL_LINE}\n- ${URL_LINE}`,
      says: 't.yaml:2:3: another target is called mcp.invalid/mcp already',
    },
    {
      what: 'a value that the flag refuses',
      text: `- ${URL_LINE}\n  rate: fast`,
      says: 't.yaml:1:3: mcp.invalid/mcp: --rate fast: a number',
    },
    {
      what: 'a check that is none',
      text: `- ${URL_LINE}\n  only: [nothing]`,
      says: 't.yaml:1:3: mcp.invalid/mcp: nothing is no check',
    },
    {
      what: 'an environment variable that is not set',
      text: `- ${URL_LINE}\n  tokenEnv: NOT_SET`,
      says: 'NOT_SET is not set',
    },
    {
      what: 'a baseline that is not there',
      text: `- ${URL_LINE}\n  baseline: none.yaml`,
      says: 'the baseline none.yaml cannot be read',
    },
  ])('with $what is refused where that stands', async ({ text, says }) => {
    expect(await complaint(text)).toContain(says)
  })

  it('is the only place for what belongs to one target', async () => {
    const said = await complaint(`- ${URL_LINE}`, ['--token-env', 'TOKEN'], { TOKEN: 'secret' })
    expect(said).toContain('--token-env belongs to one target: write `tokenEnv:` beside its url')
    expect(said).not.toContain('secret')
  })

  it('stands beside no URL, and its flags not without it', async () => {
    const files = { 't.yaml': `- ${URL_LINE}` }
    const both = await runKept(['server', 'https://mcp.invalid/mcp', '--targets', 't.yaml'], { files })
    expect([both.exitCode, both.err.join()]).toEqual([
      2,
      expect.stringContaining('either https://mcp.invalid/mcp or --targets'),
    ])
    const alone = await runKept(['server', 'https://mcp.invalid/mcp', '--resume', 's.json'])
    expect([alone.exitCode, alone.err.join()]).toEqual([2, expect.stringContaining('--resume is for many targets')])
  })

  it('is understood as the flags are: --plan tells what each target would be sent', async () => {
    const text = [
      '# Aliases, maps and JSON are YAML, too.',
      'targets:',
      '  - { name: first, url: &url "https://mcp.invalid/mcp", issuerPort: 9500, spec: 2025-11-25, only: [scope-refusal] }',
      '  - name: second',
      '    url: *url',
      '    issuerPort: 9501',
      '    only: refusal-beyond-scope',
      '    call: { look: , find: { what: x } }',
    ].join('\n')
    const { exitCode, out } = await runKept(['server', '--targets', 't.yaml', '--plan'], { files: { 't.yaml': text } })
    expect(exitCode).toBe(0)
    const [first = '', second = ''] = out.join('\n').split('# second')
    expect(first).toMatch(/^# first\n/)
    expect(first).toContain('mcp-protocol-version: 2025-11-25')
    expect(first).not.toContain('refusal-beyond-scope')
    expect(second).toContain('## refusal-beyond-scope')
    expect(second).toContain('mcp-name: look')
    expect(second).toContain('"name":"find","arguments":{"what":"x"}')
  })
})
