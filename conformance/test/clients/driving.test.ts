import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createBrowserShim } from '../../src/client/drive/browser-shim.ts'
import { argumentsFor, createCommandDriver } from '../../src/client/drive/command.ts'

const execute = promisify(execFile)
const FACTS = { url: 'http://127.0.0.1:1/mcp', folder: '/f' }

describe('the command of a client', () => {
  it('gets the URL as its last argument, as the official suite has it', () => {
    expect(argumentsFor(['node', 'client.mjs', '--quiet'], FACTS)).toEqual(['node', 'client.mjs', '--quiet', FACTS.url])
  })

  it('gets the URL where it has a place for it, and then nowhere else', () => {
    expect(argumentsFor(['client', '--url={url}', '--store', '{folder}/s'], FACTS)).toEqual([
      'client',
      `--url=${FACTS.url}`,
      '--store',
      '/f/s',
    ])
  })

  it('is read by no shell, and has its environment', async () => {
    const script = 'process.stdout.write(JSON.stringify([process.argv.at(-2), process.env.ONE, process.env.TWO]))'
    const drive = createCommandDriver({
      words: [process.execPath, '-e', script, '--', '$(exit)'],
      env: { TWO: 'store in {folder}' },
    })
    const driven = await drive({ ...FACTS, env: { ONE: '1', TWO: '0' }, signal: new AbortController().signal })
    expect(JSON.parse(driven.output)).toEqual(['$(exit)', '1', 'store in /f'])
    expect(driven.exitCode).toBe(0)
  })
})

describe('the browser that a client finds', () => {
  let folder: string
  let server: Server
  let origin: string
  const asked: string[] = []
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'browser-'))
    server = createServer(({ url = '' }, response) => {
      asked.push(url)
      response.writeHead(url === '/page' ? 302 : 200, url === '/page' ? { location: '/callback?code=1' } : {}).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(async () => {
    server.close()
    await rm(folder, { recursive: true })
  })

  it('notes what it is given, follows redirects on this machine, and opens nothing else', async () => {
    const { env, opened } = await createBrowserShim(folder)
    expect(await opened()).toEqual([])
    const given = [`${origin}/page`, 'javascript:alert(1)//', 'file:///etc/hosts', 'http://mcp.example/']
    for (const url of given) await execute(env.BROWSER ?? '', [url], { shell: process.platform === 'win32' })
    expect(await opened()).toEqual(given)
    expect(asked).toEqual(['/page', '/callback?code=1'])
  })
})
