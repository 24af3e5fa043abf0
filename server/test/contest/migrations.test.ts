import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { expect, inject, it } from 'vitest'
import { migrations } from '../../../migrations/index.ts'
import { isMigrated, migrateDatabase } from '../../src/store/index.ts'
import { databaseOn, execute } from '../setup/cluster.ts'

const PROGRAM = new URL('./migrate-process.ts', import.meta.url)
const EVERY_STEP = migrations.map(({ name }) => name)

async function migrateInProcess(databaseUrl: string): Promise<readonly string[]> {
  const child = fork(PROGRAM, [databaseUrl], { execArgv: ['--conditions=@sallyport/source'] })
  const [[message], [exitCode]] = await Promise.all([once(child, 'message'), once(child, 'exit')])
  expect(exitCode).toBe(0)
  return (message as { applied: readonly string[] }).applied
}

it.each([
  { who: 'four processes', migrate: migrateInProcess },
  { who: 'four callers in one process', migrate: async (url: string) => (await migrateDatabase(url)).applied },
])(
  '$who that start on an empty database at once bring it to the newest step, each step once',
  async ({ migrate }) => {
    const name = `sallyport_test_${randomBytes(6).toString('hex')}`
    await execute(inject('databaseUrl'), `CREATE DATABASE ${name}`)
    const url = databaseOn(inject('databaseUrl'), name)
    try {
      const applied = await Promise.all(Array.from({ length: 4 }, () => migrate(url)))
      expect(applied.flat().sort()).toEqual([...EVERY_STEP].sort())
      expect(await isMigrated(url)).toBe(true)
      expect((await migrateDatabase(url)).applied).toEqual([])
    } finally {
      await execute(inject('databaseUrl'), `DROP DATABASE ${name} WITH (FORCE)`)
    }
  },
  60_000,
)
