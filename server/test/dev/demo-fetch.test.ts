import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDemoFetch, DEMO_DESTINATIONS } from '../../src/dev/demo-fetch.ts'
import type { DemoAnswer } from '../../src/dev/demo-mcp.ts'
import { createEgress } from '../../src/egress/index.ts'
import { CLOSED_TO_ALL, type DocumentHost, startDocumentHost, TEST_ROOT } from '../setup/document-host.ts'

const LISTED = 'https://client.example'
const PAGE = `${LISTED}/page`

describe('what url_fetch of the demo reaches', () => {
  const logged: string[] = []
  const log = (message: string): void => void logged.push(message)
  let host: DocumentHost
  let fetchPage: (url: string) => Promise<DemoAnswer>
  beforeAll(async () => {
    host = await startDocumentHost()
    fetchPage = createDemoFetch({ egress: host.egress(), log }, [LISTED])
  })
  afterAll(() => host.close())

  const answerText = (url: string, body: string, type = 'text/plain') =>
    host.answer(url, (_req, res) => res.writeHead(200, { 'content-type': type }).end(body))

  it('is a page of a site on its list', async () => {
    answerText(PAGE, 'a page')
    expect(await fetchPage(PAGE)).toEqual({
      ok: true,
      value: { url: PAGE, status: 200, content_type: 'text/plain', text: 'a page' },
    })
  })

  it.each([
    'https://other.example/page',
    'http://client.example/page',
    'https://client.example:8443/page',
    'https://client.example@other.example/page',
    'https://client.example.other.example/page',
    'http://127.0.0.1/',
    'http://[::ffff:169.254.169.254]/',
    'file:///etc/passwd',
    'data:text/plain,hello',
    'not a URL',
  ])('is not %s, and nothing is connected to', async (url) => {
    const before = host.connections()
    expect(await fetchPage(url)).toMatchObject({ ok: false })
    expect(host.connections()).toBe(before)
  })

  it('is no site on its list whose name leads into a private network, and the answer names no address', async () => {
    const resolve = async () => [{ address: '10.0.0.7' }]
    const egress = createEgress({ resolve, ca: [TEST_ROOT], settings: CLOSED_TO_ALL })
    const inside = createDemoFetch({ egress, log }, [LISTED])
    const answer = await inside(PAGE)
    expect(answer).toEqual({ ok: false, reason: `${LISTED} could not be reached.` })
    expect(logged.join()).toContain('10.0.0.7')
    await egress.close()
  })

  it('is not where a page of the list redirects to', async () => {
    answerText('https://other.example/secret', 'a secret')
    host.answer(`${LISTED}/moved`, (_req, res) =>
      res.writeHead(302, { location: 'https://other.example/secret', 'content-type': 'text/plain' }).end(),
    )
    const answer = await fetchPage(`${LISTED}/moved`)
    expect(answer).toMatchObject({ ok: true, value: { status: 302 } })
    expect(host.requests).not.toContain('other.example/secret')
  })

  it.each([
    ['too large', 'x'.repeat(300_000), 'text/plain'],
    ['no text', 'x', 'image/png'],
  ])('is nothing that is %s', async (_what, body, type) => {
    answerText(`${LISTED}/odd`, body, type)
    expect(await fetchPage(`${LISTED}/odd`)).toMatchObject({ ok: false })
  })

  it('is on the shipped list by its whole origin, over TLS', () => {
    for (const origin of DEMO_DESTINATIONS) {
      expect(new URL(origin).origin).toBe(origin)
      expect(origin).toMatch(/^https:/)
    }
  })
})
