import { serve } from '@hono/node-server'
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'
import { protect } from '@sallyport/resource'
import { createSdk2Handler } from '@sallyport/resource/sdk2'
import { z } from 'zod'

const port = Number(process.env.PORT ?? 9411)

// Tokens of this issuer, for this address, with the scopes that the tools file names: nothing else gets in.
const guard = await protect({
  issuer: process.env.ISSUER ?? 'http://127.0.0.1:9400',
  resource: `http://127.0.0.1:${port}/mcp`,
  tools: `${import.meta.dirname}/tools.yaml`,
})

const BOOKS = ['The Castle of Otranto', 'Castle Rackrent', 'The Blue Castle']

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
  return server
})

serve({ fetch: createSdk2Handler(guard, bookshop), hostname: '127.0.0.1', port }, () =>
  console.log(`The bookshop is open: ${guard.resource}`),
)
