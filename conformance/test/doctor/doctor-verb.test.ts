import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AilmentWorld, startWorld } from '../../fixtures/ailments/world.ts'
import { type KeptRun, runKept } from '../setup/kept-console.ts'

const FAST = ['--rate', '500']

describe('the command line of the doctor', () => {
  let sound: AilmentWorld
  beforeAll(async () => {
    sound = await startWorld()
  })
  afterAll(() => sound.close())

  const run = (args: readonly string[], given = {}): Promise<KeptRun> => runKept(['doctor', ...args, ...FAST], given)

  it('goes as far as it can without a token, and says how to go on', async () => {
    const { out, exitCode } = await run([sound.url])
    expect(out.join('\n')).toMatch(/Sign in with a client[\s\S]*--token-env/)
    expect(out.at(-1)).toBe('Nothing in the way as far as a client comes without a token.')
    expect(exitCode).toBe(0)
  })

  it('prints every step as one line, and what to change below it', async () => {
    const { out } = await run([`${sound.url}/`])
    expect(out[0]).toMatch(/^ok {4}reach/)
    expect(out[1]).toMatch(/^stop {2}door/)
    expect(out[2]).toMatch(/^ +-> /)
    expect(out.at(-1)).toMatch(/^Most likely: POST .* is answered 404/)
  })

  it('names the URL that the metadata of the host names, to whoever typed another', async () => {
    const { out } = await run([`${sound.url}/`])
    expect(out.at(-1)).toMatch(new RegExp(`names ${sound.url}: try that`))
  })

  it('writes target, cause and steps as JSON', async () => {
    const { files } = await run([sound.url, '--json', 'd.json'])
    const diagnosis = JSON.parse(files.get('d.json') ?? '')
    expect(Object.keys(diagnosis)).toEqual(['target', 'cause', 'steps'])
    expect(diagnosis).toMatchObject({ target: sound.url, cause: null })
    expect(diagnosis.steps[0]).toEqual({
      id: 'reach',
      outcome: 'ok',
      saw: `${sound.url} answers.`,
      change: null,
      ailment: null,
    })
  })

  it('ends with 4 where nobody answers', async () => {
    const { out, exitCode } = await run(['http://127.0.0.1:9/mcp'])
    expect(exitCode).toBe(4)
    expect(out.at(-1)).toMatch(/^Most likely: .*nothing listens there\. Start the server/)
  })

  it('ends with 1 at a certificate of an authority that it was not told of', async () => {
    const world = await startWorld({ certificate: 'host' })
    const { out, exitCode } = await run([world.url])
    await world.close()
    expect(exitCode).toBe(1)
    expect(out.at(-1)).toMatch(/certificate is not trusted: .*--ca/)
  })

  it('stops where its budget ends, and says so', async () => {
    const { out, exitCode } = await run([sound.url, '--budget', '3'])
    expect(exitCode).toBe(1)
    expect(out.at(-1)).toMatch(/^Most likely: The walk ended early: the budget of 3 requests is spent/)
  })

  it('shows no token, whatever becomes of it', async () => {
    const token = `${sound.token.slice(0, -8)}canary00`
    const { out, err, files } = await run([sound.url, '--token', token, '--json', 'd.json'])
    const shown = [...out, ...err, ...files.values()].join('\n')
    expect(shown).toMatch(/It refuses the token/)
    for (const part of token.split('.')) expect(shown).not.toContain(part.slice(0, 12))
    expect(shown).not.toContain('canary')
  })

  it.each([
    { args: [], says: /which server\?/ },
    { args: ['notes'], says: /no http or https URL/ },
    { args: ['http://127.0.0.1:9/mcp', '--token-env', 'NONE'], says: /NONE is not set/ },
    { args: ['http://127.0.0.1:9/mcp', '--token', 'a', '--token-env', 'B'], says: /either --token or --token-env/ },
    { args: ['http://127.0.0.1:9/mcp', '--browser', 'localhost'], says: /--browser localhost: an origin/ },
    { args: ['http://127.0.0.1:9/mcp', '--ca', 'none.pem'], says: /--ca none\.pem cannot be read/ },
    { args: ['http://127.0.0.1:9/mcp', '--timeout', 'soon'], says: /--timeout soon: a number/ },
  ])('refuses $args', async ({ args, says }) => {
    const { exitCode, err } = await run(args)
    expect(exitCode).toBe(2)
    expect(err.join('\n')).toMatch(says)
  })
})
