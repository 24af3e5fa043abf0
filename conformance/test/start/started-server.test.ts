import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { findFreePort } from '../../src/start/free-port.ts'
import { fillPlaceholders, portOf } from '../../src/start/placeholders.ts'
import { StartError, type StartedServer, startServer } from '../../src/start/started-server.ts'
import { runKept } from '../setup/kept-console.ts'
import { startSmallServer } from '../setup/small-server.ts'

const PROGRAM = fileURLToPath(new URL('../setup/startable-server.ts', import.meta.url))
const COMMAND = `"${process.execPath}" "${PROGRAM}"`
const TIMEOUT_MS = 30_000

describe('a server that the examiner starts', () => {
  async function start(env: Record<string, string>): Promise<{ server: StartedServer; url: string }> {
    const port = await findFreePort()
    const url = `http://127.0.0.1:${port}/mcp`
    const server = await startServer({
      command: COMMAND,
      env: { PORT: String(port), ...env },
      url,
      timeoutMs: TIMEOUT_MS,
    })
    await server.untilItAnswers()
    return { server, url }
  }

  it('is waited for, has its environment, and is gone afterwards with everything it started', async () => {
    const { server, url } = await start({ CHILD: '1', ISSUER: 'http://issuer.example' })
    const answer = await fetch(url)
    expect(answer.headers.get('x-issuer')).toBe('http://issuer.example')
    await server.stop()
    await expect(fetch(url)).rejects.toThrow()
  })

  it('is ended at once when the run is interrupted', async () => {
    const { server, url } = await start({ CHILD: '1' })
    server.kill()
    await expect
      .poll(() =>
        fetch(url).then(
          () => 'answers',
          () => 'gone',
        ),
      )
      .toBe('gone')
    await server.stop()
  })

  it('that ends by itself is reported with its last words', async () => {
    const url = `http://127.0.0.1:${await findFreePort()}/mcp`
    const server = await startServer({ command: 'echo no database >&2; exit 7', env: {}, url, timeoutMs: TIMEOUT_MS })
    const failure = await server.untilItAnswers().catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(StartError)
    expect(String(failure)).toMatch(/ended with 7; it said:\nno database/)
    await server.stop()
  })

  it('that stays silent is given up, and ended', async () => {
    const url = `http://127.0.0.1:${await findFreePort()}/mcp`
    const server = await startServer({ command: 'sleep 60', env: {}, url, timeoutMs: 300 })
    await expect(server.untilItAnswers()).rejects.toThrow(/did not answer/)
    await server.stop()
  })

  it('is not started where something else answers, which would be examined in its place', async () => {
    const other = await startSmallServer()
    await expect(startServer({ command: COMMAND, env: {}, url: other.url, timeoutMs: 300 })).rejects.toThrow(StartError)
    await other.close()
  })

  it('is examined by the command line, on a free port, with the issuer it is told to trust', async () => {
    const args = ['--start', COMMAND, '--env', 'PORT={port}', '--env', 'ISSUER={issuer}', '--rate', '200']
    const { exitCode, out, err } = await runKept([
      'server',
      'http://127.0.0.1:{port}/mcp',
      ...args,
      '--only',
      'no-token-refused',
    ])
    expect(err[0]).toMatch(/^starting: /)
    expect(out.at(-1)).toMatch(/^1 passed/)
    expect(exitCode).toBe(0)
  })

  it('that does not come up ends the run with 4', async () => {
    const { exitCode, err } = await runKept(['server', 'http://127.0.0.1:{port}/mcp', '--start', 'exit 3'])
    expect(exitCode).toBe(4)
    expect(err.at(-1)).toMatch(/ended with 3/)
  })
})

describe('placeholders', () => {
  it('are filled where they are known, and other braces stay', () => {
    const facts = { issuer: 'i', audience: 'a', url: 'u', port: '1' }
    expect(fillPlaceholders('{issuer} {audience} {url} {port} {other} {"a":1}', facts)).toBe('i a u 1 {other} {"a":1}')
  })

  it.each([
    ['http://h/mcp', '80'],
    ['https://h/mcp', '443'],
    ['http://h:8080/mcp', '8080'],
  ])('the port of %s is %s', (url, port) => expect(portOf(url)).toBe(port))
})
