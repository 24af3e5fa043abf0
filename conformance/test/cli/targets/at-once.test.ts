import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findFreePort } from '../../../src/start/free-port.ts'
import { type KeptRun, runKept } from '../../setup/kept-console.ts'

const PROGRAM = fileURLToPath(new URL('../../setup/startable-server.ts', import.meta.url))

/** Refuses everybody; the first requests are answered when as many have come as wait for each other. */
async function startMeeting() {
  const paths: string[] = []
  let waiting: (() => void)[] = []
  let together = 1
  const server = createServer(async (request, response) => {
    paths.push(request.url ?? '')
    const { promise, resolve } = Promise.withResolvers<void>()
    waiting.push(resolve)
    if (waiting.length >= together) {
      together = 1
      for (const go of waiting) go()
      waiting = []
    }
    await promise
    response.writeHead(401, { 'www-authenticate': 'Bearer' }).end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Paths of the requests since the last `expect`. */
    paths,
    expect(many: number): void {
      together = many
      paths.length = 0
    },
    close(): void {
      server.closeAllConnections()
      server.close()
    },
  }
}

describe('targets at the same time', () => {
  let meeting: Awaited<ReturnType<typeof startMeeting>>
  beforeAll(async () => {
    meeting = await startMeeting()
  })
  afterAll(() => meeting.close())

  const run = (text: string, args: readonly string[] = []): Promise<KeptRun> =>
    runKept(['server', '--targets', 't.yaml', '--only', 'no-token-refused', '--rate', '500', ...args], {
      files: { 't.yaml': text },
    })
  const five = (): string => [0, 1, 2, 3, 4].map((at) => `- url: ${meeting.origin}/t${at}\n`).join('')

  it('are four, unless said otherwise', async () => {
    meeting.expect(4)
    expect((await run(five(), ['--timeout', '5'])).out.at(-1)).toMatch(/^5 passed/)
  })

  it('are one where that is asked for: no request of the next before the last of this one', async () => {
    meeting.expect(1)
    await run(five(), ['--at-once', '1'])
    const targets = meeting.paths.map((path) => /t\d$/.exec(path)?.[0]).filter((name) => name !== undefined)
    expect(targets).toEqual(targets.toSorted())
    expect(new Set(targets).size).toBe(5)
  })

  it('wait for each other where they need the same port for the issuer', async () => {
    meeting.expect(1)
    const port = await findFreePort()
    const { out } = await run(
      [0, 1, 2].map((at) => `- url: ${meeting.origin}/t${at}\n  issuerPort: ${port}\n`).join(''),
    )
    expect(out.at(-1)).toMatch(/^3 passed/)
  })

  it('are started with a port and an issuer each', async () => {
    const start = JSON.stringify(`"${process.execPath}" "${PROGRAM}"`)
    const entry = (name: string): string =>
      `- name: ${name}\n  url: http://127.0.0.1:{port}/mcp\n  start: ${start}\n  env: { PORT: "{port}", ISSUER: "{issuer}" }\n`
    const { out, files } = await run(entry('a') + entry('b') + entry('c'), ['--json', 'r.json'])
    expect(out.at(-1)).toMatch(/^3 passed/)
    const { targets } = JSON.parse(files.get('r.json') ?? '')
    const shown = JSON.stringify(targets)
    expect(new Set(targets.map(({ target }: { target: string }) => target)).size).toBe(3)
    expect(new Set(shown.match(/x-issuer: http:\/\/127\.0\.0\.1:\d+/g)).size).toBe(3)
  })
})
