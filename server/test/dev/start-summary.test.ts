import { readFileSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { formatStartSummary } from '../../src/dev/start-summary.ts'

const TERMINAL_LINES = 22
const EXAMPLE = new URL('../../../resources/examples/01-protect-a-server/README.md', import.meta.url)

describe('the summary of a development start', () => {
  const text = stripVTControlCharacters(
    formatStartSummary({
      issuer: 'http://127.0.0.1:9400',
      demoUrl: 'http://127.0.0.1:9401/mcp',
      downstreamUrl: 'http://127.0.0.1:9402',
      managementUrl: 'http://127.0.0.1:9490',
      database: 'embedded PostgreSQL',
      dataDir: '.sallyport',
      demoPassword: 'correct-horse',
    }),
  )

  it('fits a terminal', () => {
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(TERMINAL_LINES)
  })

  it('says how to protect another server in the words of the first example, which the tests run', () => {
    const example = readFileSync(EXAMPLE, 'utf8')
    const commands = text.split('\n').filter((line) => line.startsWith('  npm run '))
    expect(commands).toHaveLength(2)
    for (const command of commands) expect(example).toContain(command.trim())
  })

  it('says where everything is and who can sign in', () => {
    expect(text).toContain('http://127.0.0.1:9400/.well-known/oauth-authorization-server')
    expect(text).toContain('http://127.0.0.1:9490/readyz, /metrics')
    expect(text).toMatch(/alice \(engineer\) or bob \(approver\), password correct-horse/)
  })

  it.each([
    'claude mcp add --transport http sallyport-demo http://127.0.0.1:9401/mcp',
    `code --add-mcp '{"name":"sallyport-demo","type":"http","url":"http://127.0.0.1:9401/mcp"}'`,
    'npx mcp-remote@0.15.1 http://127.0.0.1:9401/mcp',
  ])('has on a line of its own: %s', (command) => {
    expect(text.split('\n').map((line) => line.trim())).toContain(command)
  })
})
