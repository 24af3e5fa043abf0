import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { Guard } from '../guard.ts'
import { passOn } from './node-admission.ts'
import { type NodeRequest, toWebRequest } from './node-message.ts'

/** What the guard needs of fastify's request. */
export interface FastifyRequest {
  readonly raw: IncomingMessage
  readonly originalUrl: string
  body: unknown
}

/** What the guard needs of fastify's reply. */
export interface FastifyReply {
  readonly raw: ServerResponse
  code(status: number): unknown
  headers(headers: Record<string, string>): unknown
  send(body: string): unknown
}

/** What the guard needs of a fastify instance. */
export interface FastifyApp {
  addHook(
    name: 'preParsing',
    hook: (request: FastifyRequest, reply: FastifyReply, payload: Readable) => Promise<unknown>,
  ): unknown
  addHook(name: 'preValidation', hook: (request: FastifyRequest) => Promise<unknown>): unknown
}

/**
 * A plugin for fastify. Register it at the root, so that it serves the well-known documents too. It judges a request
 * before fastify parses the body. Behind it `request.raw.auth` says who calls, `request.body` is the judged body, and
 * the Authorization header is gone.
 *
 * @param guard what `protect` made
 */
export function createFastifyPlugin(guard: Guard): (app: FastifyApp) => Promise<void> {
  const plugin = async (app: FastifyApp): Promise<void> => {
    app.addHook('preParsing', async (request, reply, payload) => {
      const judged = toWebRequest(request.raw, { url: request.originalUrl, stream: payload })
      const admission = judged && (await guard.admit(judged))
      if (admission?.kind !== 'pass') {
        reply.code(admission?.response.status ?? 400)
        reply.headers(Object.fromEntries(admission?.response.headers ?? []))
        return reply.send((await admission?.response.text()) ?? '')
      }
      passOn(admission, request.raw, reply.raw)
      return admission.body === undefined ? payload : Readable.from(Buffer.from(await admission.request.arrayBuffer()))
    })
    app.addHook('preValidation', async (request) => {
      // What runs is what was judged, whichever parser read the same bytes in between.
      request.body = (request.raw as NodeRequest).body
    })
  }
  // Otherwise fastify would keep the hooks to routes that this plugin has, and it has none.
  return Object.assign(plugin, { [Symbol.for('skip-override')]: true })
}
