import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { insertPresentations, type Presentation, UNSEEN } from '../../src/store/replays.ts'
import { combine } from '../../src/store/statement-builder.ts'
import { createTestDatabase, type TestDatabase } from '../setup/database.ts'

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

it('what was presented is unseen once, however many ask at the same moment (I5)', async () => {
  const answers = await Promise.all(Array.from({ length: 12 }, () => isUnseen([presentation('contested')])))
  expect(answers.filter(Boolean)).toHaveLength(1)
})

it('one that was seen makes all of a request seen: a fresh one beside it proves nothing (I5)', async () => {
  expect(await isUnseen([presentation('first'), presentation('second')])).toBe(true)
  expect(await isUnseen([presentation('second'), presentation('third')])).toBe(false)
})
