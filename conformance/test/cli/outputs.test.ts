import { expect, it } from 'vitest'
import type { Console } from '../../src/cli/console.ts'
import { concludeRun } from '../../src/cli/outputs.ts'
import { UsageError } from '../../src/cli/usage-error.ts'
import { summarise } from '../../src/report/report.ts'

it('a run in which no check belongs to the revision is refused: no verdict at all would look like a pass', async () => {
  const written: string[] = []
  const console: Console = {
    out: (line) => written.push(line),
    err: () => undefined,
    environment: {},
    readFile: async () => '',
    writeFile: async () => undefined,
    appendFile: async () => undefined,
    onInterrupt: () => () => undefined,
  }
  const run = concludeRun({
    flags: {},
    failOn: new Set(),
    console,
    checkIds: new Set(),
    run: async () => ({ target: 'https://mcp.example/mcp', spec: '2025-03-26', summary: summarise([]), checks: [] }),
  })
  await expect(run).rejects.toThrow(UsageError)
  expect(written).toEqual([])
})
