import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Database, openDatabase } from '../../src/store/database.ts'
import {
  createReplaySweep,
  insertPresentations,
  type Presentation,
  SWEEP_EVERY,
  UNSEEN,
} from '../../src/store/replays.ts'
import { combine } from '../../src/store/statement-builder.ts'
import { createTestDatabase, type TestDatabase } from '../setup/database.ts'
import { query } from '../setup/state.ts'

let created: TestDatabase
let database: Database
beforeAll(async () => {
  created = await createTestDatabase()
  database = openDatabase({ databaseUrl: created.url, poolSize: 4 })
})
afterAll(async () => {
  await database.close()
  await created.drop()
})

const presentation = (id: string, secondsLeft = 60): Presentation => ({ kind: 'client-assertion', id, secondsLeft })

async function isUnseen(presentations: readonly Presentation[]): Promise<boolean> {
  const parts = insertPresentations(presentations)
  const { statement, values } = combine(parts, `SELECT EXISTS (SELECT 1 FROM ${UNSEEN}) AS unseen`)
  const [row] = await database.write<{ unseen: boolean }>(statement, values)
  return row?.unseen === true
}

async function countRows(): Promise<number> {
  const [row] = await query({ databaseUrl: created.url }, 'SELECT count(*)::int AS number FROM replays')
  return Number(row?.number)
}

it('what was presented is unseen once, however many ask at the same moment (I5)', async () => {
  const answers = await Promise.all(Array.from({ length: 12 }, () => isUnseen([presentation('contested')])))
  expect(answers.filter(Boolean)).toHaveLength(1)
})

it('one that was seen makes all of a request seen: a fresh one beside it proves nothing (I5)', async () => {
  expect(await isUnseen([presentation('first'), presentation('second')])).toBe(true)
  expect(await isUnseen([presentation('second'), presentation('third')])).toBe(false)
})

it('what has ended leaves in heaps, and what has not stays (A97)', async () => {
  await query({ databaseUrl: created.url }, 'DELETE FROM replays')
  const ended = `INSERT INTO replays SELECT sha256(n::text::bytea), now() - make_interval(secs => n) FROM generate_series(1, 1200) n`
  await query({ databaseUrl: created.url }, ended)
  expect(await isUnseen([presentation('alive')])).toBe(true)
  const failures: unknown[] = []
  const sweep = createReplaySweep(database, (error) => failures.push(error))
  for (let request = 1; request < SWEEP_EVERY; request += 1) await sweep()
  expect(await countRows()).toBe(1_201)
  await sweep()
  expect(await countRows()).toBe(201)
  for (let request = 0; request < SWEEP_EVERY; request += 1) await sweep()
  expect(await countRows()).toBe(1)
  expect(await isUnseen([presentation('alive')])).toBe(false)
  expect(failures).toEqual([])
})

it('a sweep that fails is told and does not fail the request that paid for it', async () => {
  const closed = openDatabase({ databaseUrl: created.url, poolSize: 1 })
  await closed.close()
  const failures: unknown[] = []
  const sweep = createReplaySweep(closed, (error) => failures.push(error))
  for (let request = 0; request < SWEEP_EVERY; request += 1) await sweep()
  expect(failures).toHaveLength(1)
})
