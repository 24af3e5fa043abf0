import type { IncomingHttpHeaders } from 'node:http'
import type { Issued } from './issued.ts'

/** A request that was taken, with what of it can hold a secret. */
export interface SeenRequest {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly form: string
}

const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/

/**
 * Learns what people and clients chose themselves and have proven with: of a request that was taken, where the server looks
 * at it. Anything else that is sent may be a public name.
 */
export function learnFromRequest(issued: Pick<Issued, 'learn'>, { path, headers, form }: SeenRequest): void {
  const fields = new URLSearchParams(form)
  const learn = (what: string, value: string | null): void => issued.learn(what, value ?? '')
  if (path.endsWith('/sign-in')) learn('password', fields.get('password'))
  if (path.endsWith('/account') && fields.get('change') === 'password') {
    learn('password', fields.get('password'))
    learn('password', fields.get('new_password'))
  }
  if (!/\/(?:token|par|introspect|revoke)$/.test(path)) return
  if (fields.has('code')) learn('code verifier', fields.get('code_verifier'))
  for (const value of [fields.get('client_assertion') ?? '', headers.dpop ?? '']) {
    if (JWT.test(String(value))) learn('proof of a client or a key', String(value))
  }
  const [, basic = ''] = /^basic (\S+)$/i.exec(headers.authorization ?? '') ?? []
  learn('Authorization header', basic)
  learn('client secret', Buffer.from(basic, 'base64').toString('utf8').split(':').slice(1).join(':'))
}
