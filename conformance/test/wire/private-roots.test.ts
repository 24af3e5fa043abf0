import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { getCACertificates } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { certificateFault, trusting } from '../../src/wire/roots.ts'
import { type KeptRun, runKept } from '../setup/kept-console.ts'

const pem = (name: string): string => readFileSync(new URL(`../setup/certificates/${name}`, import.meta.url), 'utf8')

describe('--ca', () => {
  let server: Server
  let port: number
  beforeAll(async () => {
    server = createServer({ cert: pem('host.pem'), key: pem('host-key.pem') }, (_, response) => {
      response.writeHead(401, { 'www-authenticate': 'Bearer' }).end('{}')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
  })
  afterAll(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  const run = (args: readonly string[], files: Record<string, string> = {}): Promise<KeptRun> =>
    runKept(['server', `https://localhost:${port}/mcp`, '--only', 'no-token-refused', '--rate', '500', ...args], {
      files,
    })

  it('lets a target behind a private authority be examined', async () => {
    const { exitCode, out } = await run(['--ca', 'root.pem'], { 'root.pem': pem('root.pem') })
    expect(exitCode).toBe(0)
    expect(out.at(-1)).toMatch(/^1 passed/)
  })

  it('is asked for by name where it is missing', async () => {
    const { exitCode, err } = await run([])
    expect(exitCode).toBe(4)
    expect(err.at(-1)).toMatch(
      /certificate is of an authority that is not known here \(\w+\); name a private one by --ca/,
    )
  })

  it.each([
    ['CERT_HAS_EXPIRED', 'its certificate has expired'],
    ['CERT_NOT_YET_VALID', 'its certificate is not valid yet'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is for another name: why'],
    ['ECONNREFUSED', undefined],
  ])('is not named where it would not help: %s', (code, words) => {
    expect(certificateFault(Object.assign(new Error('why'), { code }))).toBe(words)
  })

  it.each([
    { what: 'is not there', files: {}, says: '--ca root.pem cannot be read' },
    { what: 'holds no certificate', files: { 'root.pem': 'hello' }, says: 'it holds no certificate in PEM' },
    {
      what: 'holds something else in the place of one',
      files: { 'root.pem': '-----BEGIN CERTIFICATE-----\nhello\n-----END CERTIFICATE-----' },
      says: 'its certificate number 1 cannot be read',
    },
  ])('ends with 2 for a file that $what', async ({ files, says }) => {
    const { exitCode, err } = await run(['--ca', 'root.pem'], files)
    expect([exitCode, err.join()]).toEqual([2, expect.stringContaining(says)])
  })

  it('takes no usual root away', () => {
    const { ca } = trusting([pem('root.pem')])
    expect(ca).toEqual([...getCACertificates('default'), pem('root.pem')])
    expect(trusting(undefined)).toEqual({})
  })

  it('may be said for one target of a file, too', async () => {
    const text = `- url: https://localhost:${port}/mcp\n  ca: root.pem\n- url: https://localhost:${port}/other\n`
    const { out } = await runKept(['server', '--targets', 't.yaml', '--only', 'no-token-refused', '--rate', '500'], {
      files: { 't.yaml': text, 'root.pem': pem('root.pem') },
    })
    expect(out.join('\n')).toMatch(/UNREACHABLE localhost:\d+\/other: .* authority that is not known/)
    expect(out.at(-1)).toMatch(/^1 passed/)
  })
})
