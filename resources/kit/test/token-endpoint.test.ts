import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { POST_TIMEOUT_SECONDS, postForm } from '../src/issuer/post-form.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const FORM = new URLSearchParams({ subject_token: 'secret' })

describe('a form for the token endpoint', () => {
  it.each([301, 302, 303, 307, 308])('is not sent on by a redirect with %i', async (status) => {
    const arrived: string[] = []
    const elsewhere = await serve((request, response) => {
      arrived.push(request.url ?? '')
      response.end()
    })
    const endpoint = await serve((_, response) => void response.writeHead(status, { location: elsewhere }).end())
    expect(await postForm(endpoint, FORM, fetch)).toMatchObject({ ok: true, body: undefined })
    expect(arrived).toEqual([])
  })

  it('is not waited for longer than the cap, neither before the answer nor in the middle of it', async () => {
    const silent = await serve(() => undefined)
    const dripping = await serve((_, response) => void response.writeHead(200).write('{'))
    const startedAt = Date.now()
    const answers = await Promise.all([silent, dripping].map((url) => postForm(url, FORM, fetch)))
    expect(answers).toEqual([
      { ok: false, detail: expect.stringContaining(silent) },
      { ok: false, detail: expect.stringContaining(dripping) },
    ])
    expect(JSON.stringify(answers)).not.toContain('secret')
    expect((Date.now() - startedAt) / 1000).toBeGreaterThan(POST_TIMEOUT_SECONDS - 1)
  })

  it('is answered by so many bytes and no more', async () => {
    let written = 0
    const endless = await serve((_, response) => {
      const write = (): void => {
        for (let going = !response.destroyed; going; ) {
          written += 65_536
          going = response.write('x'.repeat(65_536)) && !response.destroyed
        }
      }
      response.on('drain', write).on('error', () => undefined)
      write()
    })
    expect(await postForm(endless, FORM, fetch)).toEqual({ ok: true, status: 200, body: undefined })
    expect(written).toBeLessThan(50_000_000)
  })

  it('to nobody says who did not answer', async () => {
    const answer = await postForm('http://127.0.0.1:9', FORM, fetch)
    expect(answer).toEqual({ ok: false, detail: expect.stringContaining('http://127.0.0.1:9') })
  })
})
