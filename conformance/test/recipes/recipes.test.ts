import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { createHostileIssuer } from '../../src/issuer/create-hostile-issuer.ts'
import type { Report } from '../../src/report/report.ts'
import { requirementsById } from '../../src/requirements/requirements.ts'
import { examineServer } from '../../src/run/examine-server.ts'
import { serverChecks } from '../../src/server/checks.ts'
import { findFreePort } from '../../src/start/free-port.ts'
import { startServer } from '../../src/start/started-server.ts'

const FOLDER = fileURLToPath(new URL('../../../docs/recipes/typescript/', import.meta.url))
const START_MS = 30_000
const RUN_MS = 120_000

/** What the SDK does and a recipe cannot mend; the pages list the same. */
const WARNS_OF_THE_SDK = ['challenge-without-error', 'credentials-twice', 'metadata-head']

const RECIPES = [{ file: 'sdk1-server.ts' }, { file: 'sdk2-server.ts' }]

describe.each(RECIPES)('the recipe $file', ({ file }) => {
  it(
    'is accused of nothing, and warned of what its SDK does alone',
    async () => {
      const report = await examineRecipe(file)
      const idsOf = (verdict: string): readonly string[] =>
        report.checks.filter((check) => check.verdict === verdict).map(({ id }) => id)
      expect(idsOf('fail')).toEqual([])
      expect(idsOf('incomplete')).toEqual([])
      expect(idsOf('warn').toSorted()).toEqual(WARNS_OF_THE_SDK)
    },
    RUN_MS,
  )
})

/** With every tool called, because it is a process of our own; what waits for minutes is for whoever runs it by hand. */
async function examineRecipe(file: string): Promise<Report> {
  const issuer = await createHostileIssuer()
  const port = await findFreePort()
  const url = `http://127.0.0.1:${port}/mcp`
  const server = await startServer({
    command: `"${process.execPath}" "${FOLDER}${file}"`,
    env: { ISSUER: issuer.issuer, PORT: String(port) },
    url,
    timeoutMs: START_MS,
  })
  try {
    await server.untilItAnswers()
    return await examineServer({
      url,
      profile: 'started',
      issuer,
      token: undefined,
      spec: undefined,
      scopes: [],
      audience: undefined,
      allowedCalls: [],
      downstream: undefined,
      tools: 'all',
      permissions: new Set(['effects']),
      checks: serverChecks,
      requirements: requirementsById,
      limits: { requestsPerSecond: 100_000, budget: 2_000, timeoutMs: 5_000 },
      userAgent: 'sallyport-examine/test',
    })
  } finally {
    await server.stop()
    await issuer.close()
  }
}
