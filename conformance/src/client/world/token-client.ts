import { headerOf } from '../../wire/message.ts'
import type { Asked } from './behaviours.ts'

/** How a client proved who it is at a token endpoint. */
export interface TokenClient {
  readonly method: 'none' | 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt'
  readonly clientId: string | undefined
  readonly secret: string | undefined
}

/** Every way in which one token request authenticates; a sound one uses one. An empty secret is none, and may be left out or not. */
export function authenticationsOf({
  headers,
  parameters,
}: Pick<Asked, 'headers' | 'parameters'>): readonly TokenClient[] {
  const clientId = parameters.get('client_id') ?? undefined
  const basic = readBasic(headerOf({ headers }, 'authorization'))
  const secret = parameters.get('client_secret') ?? ''
  const used: readonly TokenClient[] = [
    ...(basic === undefined || basic.secret === '' ? [] : [basic]),
    ...(secret === '' ? [] : [{ method: 'client_secret_post', clientId, secret } as const]),
    ...(parameters.has('client_assertion')
      ? [{ method: 'private_key_jwt', clientId, secret: undefined } as const]
      : []),
  ]
  return used.length === 0 ? [{ method: 'none', clientId: clientId ?? basic?.clientId, secret: undefined }] : used
}

export function clientIdOf(asked: Pick<Asked, 'headers' | 'parameters'>): string | undefined {
  return authenticationsOf(asked).find(({ clientId }) => clientId !== undefined)?.clientId
}

/** @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1 RFC 6749 §2.3.1} */
function readBasic(header: string | undefined): TokenClient | undefined {
  const encoded = /^basic\s+(\S+)$/i.exec(header ?? '')?.[1]
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const at = text.indexOf(':')
  if (at === -1) return { method: 'client_secret_basic', clientId: formDecoded(text), secret: undefined }
  const [clientId, secret] = [text.slice(0, at), text.slice(at + 1)].map(formDecoded)
  return { method: 'client_secret_basic', clientId, secret }
}

function formDecoded(text: string): string {
  return new URLSearchParams(`v=${text.replaceAll('&', '%26')}`).get('v') ?? text
}
