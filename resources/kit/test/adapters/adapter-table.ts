import type { IncomingMessage, RequestListener } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { createMcpExpressApp } from '@modelcontextprotocol/express'
import { toNodeHandler } from '@modelcontextprotocol/node'
import { authInfoOf, type Guard } from '@sallyport/resource'
import { createExpressMiddleware } from '@sallyport/resource/express'
import { createFastifyPlugin } from '@sallyport/resource/fastify'
import { createHonoMiddleware, type GuardVariables } from '@sallyport/resource/hono'
import { createKoaMiddleware } from '@sallyport/resource/koa'
import { createNodeHandler, type GuardedRequest } from '@sallyport/resource/node'
import { createSdk1Middleware } from '@sallyport/resource/sdk1'
import { createSdk2Handler } from '@sallyport/resource/sdk2'
import { createFetchHandler } from '@sallyport/resource/web'
import express, { type Express } from 'express'
import fastify from 'fastify'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import Koa from 'koa'
import { createSdk1Mcp, createSdk2Mcp, type Seen } from './mcp-servers.ts'

/** One adapter on its framework, with an MCP server behind it. */
export interface AdapterEntry {
  readonly name: string
  readonly sdk: 1 | 2
  /** Whether something in front of the guard has read the body already. */
  readonly parsedBefore?: true
  mount(guard: Guard, seen: Seen[]): RequestListener | Promise<RequestListener>
}

const ENDPOINT = '/mcp'

export const ADAPTERS: readonly AdapterEntry[] = [
  { name: 'web', sdk: 2, mount: mountWeb },
  { name: 'sdk2', sdk: 2, mount: mountSdk2 },
  { name: 'node', sdk: 2, mount: mountNode },
  { name: 'express', sdk: 2, mount: (guard, seen) => mountExpress(guard, seen, express()) },
  {
    name: 'express of @modelcontextprotocol/express, which parses first',
    sdk: 2,
    parsedBefore: true,
    mount: (guard, seen) =>
      mountExpress(guard, seen, createMcpExpressApp({ allowedOrigins: ['inspector.example', 'anywhere.example'] })),
  },
  { name: 'sdk1', sdk: 1, mount: (guard, seen) => mountSdk1(guard, seen, express()) },
  {
    name: 'sdk1 behind express.json',
    sdk: 1,
    parsedBefore: true,
    mount: (guard, seen) => mountSdk1(guard, seen, express().use(express.json())),
  },
  { name: 'koa', sdk: 2, mount: (guard, seen) => mountKoa(guard, seen, new Koa()) },
  { name: 'koa behind a body parser', sdk: 1, parsedBefore: true, mount: mountKoaParsed },
  { name: 'fastify', sdk: 2, mount: mountFastify },
  { name: 'hono', sdk: 2, mount: (guard, seen) => mountHono(guard, seen, []) },
  {
    name: 'hono behind middleware that reads the body',
    sdk: 2,
    parsedBefore: true,
    mount: (guard, seen) => mountHono(guard, seen, [readJson]),
  },
]

function mountWeb(guard: Guard, seen: Seen[]): RequestListener {
  const mcp = createSdk2Mcp(seen)
  const handler = createFetchHandler(guard, (request, access) => {
    seen.push({ headers: [[...request.headers]] })
    return mcp.fetch(request, access && { authInfo: authInfoOf(access) })
  })
  return getRequestListener(handler)
}

function mountSdk2(guard: Guard, seen: Seen[]): RequestListener {
  return getRequestListener(createSdk2Handler(guard, createSdk2Mcp(seen)))
}

function mountNode(guard: Guard, seen: Seen[]): RequestListener {
  const mcp = toNodeHandler(createSdk2Mcp(seen))
  return createNodeHandler(guard, (req, res) => {
    seen.push({ headers: headersOf(req) })
    return mcp(req, res, req.body)
  })
}

function mountExpress(guard: Guard, seen: Seen[], app: Express): RequestListener {
  const mcp = toNodeHandler(createSdk2Mcp(seen))
  app.use(createExpressMiddleware(guard))
  // A parser behind the guard finds nothing left to read, and leaves the judged body alone.
  app.use(express.json())
  app.all(ENDPOINT, async (req, res) => {
    seen.push({ headers: [...headersOf(req), req.get('authorization')] })
    await mcp(req, res, req.body)
  })
  return app
}

function mountSdk1(guard: Guard, seen: Seen[], app: Express): RequestListener {
  const mcp = createSdk1Mcp(seen)
  app.use(createSdk1Middleware(guard))
  app.all(ENDPOINT, async (req, res) => {
    seen.push({ headers: [...headersOf(req), req.get('authorization')] })
    await mcp(guarded(req), res)
  })
  return app
}

function mountKoa(guard: Guard, seen: Seen[], app: Koa): RequestListener {
  const mcp = toNodeHandler(createSdk2Mcp(seen))
  app.use(createKoaMiddleware(guard))
  app.use(async (ctx) => {
    if (ctx.path !== ENDPOINT) return
    seen.push({ headers: [...headersOf(ctx.req), ctx.headers, ctx.get('authorization')] })
    ctx.respond = false
    await mcp(guarded(ctx.req), ctx.res, (ctx.request as { body?: unknown }).body)
  })
  return app.callback()
}

function mountKoaParsed(guard: Guard, seen: Seen[]): RequestListener {
  const mcp = createSdk1Mcp(seen)
  const app = new Koa()
  app.use(async (ctx, next) => {
    if (ctx.method === 'POST') Object.assign(ctx.request, { body: JSON.parse(await textOf(ctx.req)) })
    await next()
  })
  app.use(createKoaMiddleware(guard))
  app.use(async (ctx) => {
    if (ctx.path !== ENDPOINT) return
    ctx.respond = false
    await mcp(guarded(ctx.req), ctx.res)
  })
  return app.callback()
}

async function mountFastify(guard: Guard, seen: Seen[]): Promise<RequestListener> {
  const mcp = toNodeHandler(createSdk2Mcp(seen))
  const app = fastify()
  app.register(createFastifyPlugin(guard))
  app.route({
    method: ['GET', 'POST', 'DELETE'],
    url: ENDPOINT,
    handler: async (request, reply) => {
      seen.push({ headers: [...headersOf(request.raw), request.headers] })
      reply.hijack()
      await mcp(guarded(request.raw), reply.raw, request.body)
    },
  })
  await app.ready()
  return app.routing
}

type Environment = { Variables: GuardVariables }

function mountHono(guard: Guard, seen: Seen[], before: readonly MiddlewareHandler[]): RequestListener {
  const mcp = createSdk2Mcp(seen)
  const app = new Hono<Environment>()
  for (const middleware of before) app.use(middleware)
  app.use(createHonoMiddleware(guard))
  app.all(ENDPOINT, async (c) => {
    seen.push({ headers: [[...c.req.raw.headers], c.req.header(), ...headersOf(incomingOf(c))] })
    const authInfo = c.get('auth')
    // Read once more, as handlers do: what it gives must be what was judged.
    const parsedBody = c.req.method === 'POST' ? await c.req.json() : undefined
    return mcp.fetch(c.req.raw, { ...(authInfo && { authInfo }), parsedBody })
  })
  return getRequestListener(app.fetch)
}

const readJson: MiddlewareHandler = async (c, next) => {
  if (c.req.method === 'POST') await c.req.json()
  await next()
}

const incomingOf = (c: Context<Environment>): IncomingMessage => (c.env as { incoming: IncomingMessage }).incoming

// Frameworks declare the message as node does, without what the guard has put there.
const guarded = (req: IncomingMessage): GuardedRequest => req as GuardedRequest

const headersOf = (req: IncomingMessage): unknown[] => [req.headers, req.rawHeaders, req.headersDistinct]

async function textOf(req: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of req) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
