import { serve } from '@hono/node-server'
import { protect } from '@sallyport/resource'
import { createFetchHandler } from '@sallyport/resource/web'

const port = Number(process.env.PORT ?? 9421)

// The same guard in front of an API that is no MCP server. A token for the bookshop is refused here.
const guard = await protect({
  issuer: process.env.ISSUER ?? 'http://127.0.0.1:9400',
  resource: `http://127.0.0.1:${port}`,
  tools: `${import.meta.dirname}/warehouse.yaml`,
})

const COPIES = new Map([
  ['The Castle of Otranto', 3],
  ['Castle Rackrent', 0],
  ['The Blue Castle', 12],
])

const warehouse = createFetchHandler(guard, (request, access) => {
  if (!access?.scopes.includes('stock:read')) return Response.json({ error: 'insufficient_scope' }, { status: 403 })
  const title = new URL(request.url).searchParams.get('title') ?? ''
  // Who asks, and who asks for them: the person, and the bookshop that acts for the person.
  const { subject, actor, resource } = access
  return Response.json({ title, copies: COPIES.get(title) ?? 0, subject, actor, audience: resource })
})
serve({ fetch: warehouse, hostname: '127.0.0.1', port }, () => console.log(`The warehouse is open: ${guard.resource}`))
