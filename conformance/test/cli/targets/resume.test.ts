import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type KeptRun, runKept } from '../../setup/kept-console.ts'
import { type SmallServer, startSmallServer } from '../../setup/small-server.ts'

const BIN = fileURLToPath(new URL('../../../bin/sallyport-examine.js', import.meta.url))
const ONLY = ['--only', 'no-token-refused', '--rate', '500']

describe('--resume', () => {
  let one: SmallServer
  let other: SmallServer
  beforeAll(async () => {
    one = await startSmallServer()
    other = await startSmallServer({ open: true })
  })
  afterAll(async () => {
    await one.close()
    await other.close()
  })

  const run = (text: string, state: string | undefined, args: readonly string[] = []): Promise<KeptRun> =>
    runKept(['server', '--targets', 't.yaml', ...ONLY, '--resume', 's.json', ...args], {
      files: { 't.yaml': text, ...(state === undefined ? {} : { 's.json': state }) },
    })
  const file = (more = ''): string => `- name: one\n  url: ${one.url}\n- name: other\n  url: ${other.url}\n${more}`

  it('leaves out what is finished, and concludes as if it had run', async () => {
    const first = await run(file(), undefined)
    expect(first.exitCode).toBe(1)
    const asked = one.seen.length + other.seen.length
    const second = await run(file(), first.files.get('s.json'), ['--json', 'r.json'])
    expect(one.seen.length + other.seen.length).toBe(asked)
    expect(second.err).toEqual(expect.arrayContaining(['one: finished before, and kept in s.json']))
    expect(second.exitCode).toBe(1)
    expect(second.out).toEqual(first.out)
    expect(JSON.parse(second.files.get('r.json') ?? '').targets).toHaveLength(2)
  })

  it('runs again what is asked for otherwise, and what was unreachable', async () => {
    const gone = '- name: gone\n  url: http://127.0.0.1:9/mcp\n'
    const state = (await run(file() + gone, undefined)).files.get('s.json')
    const { err } = await run(file('  spec: 2025-11-25\n') + gone, state)
    expect(err.filter((line) => line.includes('finished before'))).toEqual(['one: finished before, and kept in s.json'])
    expect(err.filter((line) => line.startsWith('gone: could not be examined'))).toHaveLength(1)
  })

  it('refuses a file that is something else, and leaves it as it is', async () => {
    for (const text of ['no JSON', '{}', '{"finished":{"one":{}}}', 'null']) {
      const { exitCode, err, files } = await run(file(), text)
      expect([exitCode, err.join()]).toEqual([
        2,
        expect.stringContaining('--resume s.json: this is no file of an earlier run'),
      ])
      expect(files.has('s.json')).toBe(false)
    }
  })

  it('goes on where an interrupted run of a process stopped', async () => {
    const stuck = await startStuckServer()
    const folder = mkdtempSync(join(tmpdir(), 'examine-'))
    const [targets, state] = [join(folder, 't.yaml'), join(folder, 's.json')]
    writeFileSync(targets, `- { name: one, url: "${one.url}" }\n- { name: stuck, url: "${stuck.url}" }\n`)
    const args = (file: string, kept: string) => [
      'server',
      '--targets',
      file,
      ...ONLY,
      '--at-once',
      '1',
      '--resume',
      kept,
    ]
    const command = ['--conditions=@sallyport/source', BIN, ...args(targets, state)]
    const examiner = spawn(process.execPath, command, { stdio: 'ignore' })
    await stuck.asked
    examiner.kill('SIGINT')
    expect(await once(examiner, 'exit')).toEqual([130, null])
    stuck.release()
    const asked = one.seen.length
    const { err, out } = await runKept(args('t.yaml', 's.json'), {
      files: { 't.yaml': readFileSync(targets, 'utf8'), 's.json': readFileSync(state, 'utf8') },
    })
    await stuck.close()
    expect(err.filter((line) => line.includes('finished before'))).toEqual(['one: finished before, and kept in s.json'])
    expect(one.seen.length).toBe(asked)
    expect(out.at(-1)).toBe('2 passed, 0 failed, 0 warned, 0 not applicable, 0 incomplete')
  })
})

/** Answers nothing until it is released, and 401 from then on. */
async function startStuckServer() {
  const asked = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  const server = createServer(async (_, response) => {
    asked.resolve()
    await released.promise
    response.writeHead(401, { 'www-authenticate': 'Bearer' }).end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    asked: asked.promise,
    release: () => released.resolve(),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
