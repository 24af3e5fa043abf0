import { createSpeaker } from '../../mcp/http-speaker.ts'
import { STATELESS_SINCE } from '../../mcp/revision.ts'
import type { Header } from '../../wire/message.ts'
import type { Wire } from '../../wire/wire.ts'
import { isHttpUrl } from '../address.ts'
import { CLIENT_HEADERS, type SeenByBrowser } from '../answers/browser.ts'
import { ask, type Reply } from '../reply.ts'
import type { FoundIssuer } from './find-issuer.ts'
import type { FoundDocument } from './find-metadata.ts'

export interface BrowserQuestion {
  readonly endpoint: string
  readonly origin: string
  readonly found: FoundDocument | undefined
  readonly issuer: FoundIssuer | undefined
}

/** The same way once more, as a page of another origin goes it. */
export async function lookFromBrowser(
  wire: Wire,
  { endpoint, origin, found, issuer }: BrowserQuestion,
): Promise<SeenByBrowser> {
  const from: readonly Header[] = [['origin', origin]]
  const read = async (url: string | undefined): Promise<Reply | undefined> =>
    url === undefined ? undefined : ask(wire, { method: 'GET', url, headers: from })
  const preflight = await ask(wire, {
    method: 'OPTIONS',
    url: endpoint,
    headers: [
      ...from,
      ['access-control-request-method', 'POST'],
      ['access-control-request-headers', CLIENT_HEADERS.join(',')],
    ],
  })
  const speaker = createSpeaker(endpoint, STATELESS_SINCE)
  const refusal = await ask(wire, speaker.request({ method: 'tools/list', headers: from }))
  const metadata = await read(found?.address)
  const ofIssuer = await read(issuer?.address)
  return { origin, preflight, refusal, metadata, issuer: ofIssuer, token: await askTokenEndpoint(wire, issuer, from) }
}

/** Asks for nothing and is refused; the browser needs no leave for a form, and the answer must be readable all the same. */
async function askTokenEndpoint(
  wire: Wire,
  issuer: FoundIssuer | undefined,
  from: readonly Header[],
): Promise<Reply | undefined> {
  const url = issuer?.metadata.token_endpoint
  if (typeof url !== 'string' || !isHttpUrl(url)) return undefined
  const headers: readonly Header[] = [...from, ['content-type', 'application/x-www-form-urlencoded']]
  return ask(wire, { method: 'POST', url, headers, body: '' })
}
