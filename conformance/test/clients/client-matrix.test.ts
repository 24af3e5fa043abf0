import { readFile, writeFile } from 'node:fs/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { WHOLE_CLIENTS } from '../../fixtures/clients/all.ts'
import { CLIENT_FAULTS } from '../../fixtures/clients/broken/all.ts'
import { runBrokenClient } from '../../fixtures/clients/broken/client-fault.ts'
import { clientChecks } from '../../src/client/checks.ts'
import {
  byName,
  examined,
  expectedOf,
  expectedOfFault,
  inTurn,
  type Row,
  row,
  rowOf,
  rowsOfAll,
} from '../detection/matrix.ts'
import { renderMatrix } from '../detection/matrix-page.ts'
import { examineFunction } from './examination.ts'

const INTRODUCTION = `Written by \`conformance/test/clients/client-matrix.test.ts\` out of runs of the whole of \`client\` mode at every client, each judged by the
revision that it speaks. \`UPDATE_MATRIX=1 npx vitest run conformance/test/clients\` writes it anew.`
const PAGE = new URL('../../fixtures/clients/MATRIX.md', import.meta.url)
/** So that a fault stays one fault, and its author sees it at a glance. */
const PATCH_LINES = 30
const FAULTS_AT_LEAST = 20
/** Sixty clients are sent into some fifty worlds each. */
const RUN_MS = 900_000

const ids = new Set(clientChecks.map(({ id }) => id))

let whole: ReadonlyMap<string, Row>
let broken: ReadonlyMap<string, Row>

beforeAll(async () => {
  const ofWhole = await inTurn(WHOLE_CLIENTS, async ({ run, ...client }) => {
    return row(client, expectedOf(client), await examineFunction(run))
  })
  const ofBroken = await inTurn(examined(CLIENT_FAULTS), async (fault) => {
    return row(fault, expectedOfFault(fault), await examineFunction((settings) => runBrokenClient(fault, settings)))
  })
  whole = byName(ofWhole)
  broken = byName(ofBroken)
}, RUN_MS)

describe('the examiner of clients', () => {
  it.each(WHOLE_CLIENTS)('finds at $name what is written beside it, and nothing else', ({ name }) => {
    const { found, expected } = rowOf(whole, name)
    expect(found).toEqual(expected)
  })

  it.each(WHOLE_CLIENTS)('leaves nothing incomplete at $name', ({ name }) => {
    expect(rowOf(whole, name).report.checks.filter(({ verdict }) => verdict === 'incomplete')).toEqual([])
  })

  it.each(examined(CLIENT_FAULTS))('finds $name by the checks that name it, and by no other', ({ name }) => {
    const { found, expected } = rowOf(broken, name)
    expect(found).toEqual(expected)
  })
})

describe('the broken clients', () => {
  it(`are ${FAULTS_AT_LEAST} at least, each by another name`, () => {
    expect(CLIENT_FAULTS.length).toBeGreaterThanOrEqual(FAULTS_AT_LEAST)
    expect(new Set(CLIENT_FAULTS.map(({ name }) => name)).size).toBe(CLIENT_FAULTS.length)
  })

  it.each(CLIENT_FAULTS)(
    '$name is a change of 30 lines at most, and names checks that exist',
    ({ patch, fails, warns = [] }) => {
      expect(patch.toString().split('\n').length).toBeLessThanOrEqual(PATCH_LINES)
      expect([...fails, ...warns].filter((id) => !ids.has(id))).toEqual([])
      expect([...fails, ...warns]).not.toEqual([])
    },
  )

  it('leave no check unproven: each fails or warns at one of them', () => {
    const proven = new Set(CLIENT_FAULTS.flatMap(({ fails, warns = [] }) => [...fails, ...warns]))
    expect([...ids].filter((id) => !proven.has(id))).toEqual([])
  })
})

it('the page of the matrix is what the runs found', async () => {
  const page = renderMatrix({
    introduction: INTRODUCTION,
    subject: 'client',
    whole: [...whole.values()],
    broken: rowsOfAll(CLIENT_FAULTS, broken),
    checks: ids,
  })
  if (process.env.UPDATE_MATRIX === '1') await writeFile(PAGE, page)
  expect(await readFile(PAGE, 'utf8')).toBe(page)
})
