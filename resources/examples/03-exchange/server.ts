import { serve } from '@hono/node-server'
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'
import { protect } from '@sallyport/resource'
import { createSdk2Handler } from '@sallyport/resource/sdk2'
import { z } from 'zod'

const port = Number(process.env.PORT ?? 9411)

// Tokens of this issuer, for this address, with the scopes that the tools file names: nothing else gets in.
// Its client, for exchange, comes from SALLYPORT_CLIENT_ID and SALLYPORT_CLIENT_KEY_FILE.
const guard = await protect({
  issuer: process.env.ISSUER ?? 'http://127.0.0.1:9400',
  resource: `http://127.0.0.1:${port}/mcp`,
  tools: `${import.meta.dirname}/tools.yaml`,
})

const BOOKS = ['The Castle of Otranto', 'Castle Rackrent', 'The Blue Castle']

const WAREHOUSE = process.env.WAREHOUSE ?? 'http://127.0.0.1:9421'

const text = (value: string) => ({ content: [{ type: 'text' as const, text: value }] })

const bookshop = createMcpHandler(() => {
  const server = new McpServer({ name: 'bookshop', version: '1.0.0' })
  server.registerTool(
    'book_find',
    { description: 'Finds books by words of their title', inputSchema: z.object({ words: z.string() }) },
    ({ words }) => text(BOOKS.filter((title) => title.toLowerCase().includes(words.toLowerCase())).join('\n')),
  )
  server.registerTool(
    'order_create',
    { description: 'Orders one copy of a book', inputSchema: z.object({ title: z.string() }) },
    ({ title }, { http }) => text(`Ordered "${title}" for ${http?.authInfo?.extra?.sub}`),
  )
  server.registerTool(
    'stock_read',
    { description: 'Says how many copies the warehouse has', inputSchema: z.object({ title: z.string() }) },
    async ({ title }, { http }) => {
      // The token of this call is for the bookshop alone, so the warehouse gets one of its own.
      const { accessToken } = await guard.exchange(http?.authInfo, { resource: WAREHOUSE, scope: 'stock:read' })
      const url = `${WAREHOUSE}/stock?${new URLSearchParams({ title })}`
      const headers = { authorization: `Bearer ${accessToken}` }
      const answer = await fetch(url, { headers, signal: AbortSignal.timeout(5_000) })
      if (!answer.ok) throw new Error(`The warehouse answered ${answer.status}`)
      return text(await answer.text())
    },
  )
  return server
})

serve({ fetch: createSdk2Handler(guard, bookshop), hostname: '127.0.0.1', port }, () =>
  console.log(`The bookshop is open: ${guard.resource}`),
)
