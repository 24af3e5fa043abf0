import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Middleware } from 'koa'

type Engine = (req: IncomingMessage, res: ServerResponse) => Promise<void>

/** Hands a request to the engine there is at this moment, which answers by itself. */
export function toEngine(current: () => Promise<Engine>): Middleware {
  return async (ctx) => {
    // When there is none, somebody else has to answer: so not after this line.
    const handle = await current()
    ctx.respond = false
    // Refusals are pages only where a person is looking; a client gets JSON whatever it accepts.
    if (!ctx.path.startsWith('/authorize')) ctx.req.headers.accept = 'application/json'
    const replaced: unknown = ctx.state.engineRequest
    if (isRequest(replaced)) replaced.headers.accept = 'application/json'
    await handle(isRequest(replaced) ? replaced : ctx.req, ctx.res)
  }
}

function isRequest(value: unknown): value is IncomingMessage {
  return typeof value === 'object' && value !== null && 'headers' in value
}
