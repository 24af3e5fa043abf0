import { readFile, writeFile } from 'node:fs/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { FAULTS } from '../../fixtures/broken/all.ts'
import { FRAMEWORK_SERVERS } from '../../fixtures/frameworks/all.ts'
import { SOUND_SERVERS, UNTOLD_SERVERS } from '../../fixtures/sound/all.ts'
import { serverChecks } from '../../src/server/checks.ts'
import { byName, examineBroken, examined, examineWhole, type Row, rowOf, rowsOfAll } from './matrix.ts'
import { renderMatrix } from './matrix-page.ts'

const INTRODUCTION = `Written by \`conformance/test/detection/matrix.test.ts\` out of runs of the whole of \`server\` mode at every fixture, profile \`started\`,
with a downstream; with \`--slow\` and \`--stress\` at sound servers and those of the SDKs, and where a fault shows only then. \`UPDATE_MATRIX=1 npx vitest run conformance/test/detection\` writes it anew.`
const PAGE = new URL('../../fixtures/MATRIX.md', import.meta.url)
/** So that a fault stays one fault, and its author sees it at a glance. */
const PATCH_LINES = 30
const FAULTS_AT_LEAST = 60
/** A hundred and more servers are examined, one check after the other. */
const RUN_MS = 900_000

const ids = new Set(serverChecks.map(({ id }) => id))

let whole: ReadonlyMap<string, Row>
let broken: ReadonlyMap<string, Row>

beforeAll(async () => {
  whole = byName(await examineWhole())
  broken = byName(await examineBroken())
}, RUN_MS)

describe('the examiner', () => {
  it.each(SOUND_SERVERS)(
    'accuses the sound server $name of nothing, and warns of what is written beside it alone',
    ({ name }) => {
      const row = rowOf(whole, name)
      expect(row.found).toEqual({ fails: [], warns: row.expected.warns })
    },
  )

  it.each(UNTOLD_SERVERS)(
    'fails $name for what its library leaves out unless told, and for nothing else',
    ({ name }) => {
      const row = rowOf(whole, name)
      expect(row.found).toEqual(row.expected)
    },
  )

  it.each(FRAMEWORK_SERVERS)('finds at $name what was measured and explained, and nothing else', ({ name }) => {
    const row = rowOf(whole, name)
    expect(row.found).toEqual(row.expected)
  })

  it.each([...SOUND_SERVERS, ...UNTOLD_SERVERS, ...FRAMEWORK_SERVERS])(
    'leaves nothing incomplete at $name',
    ({ name }) => {
      expect(rowOf(whole, name).report.checks.filter(({ verdict }) => verdict === 'incomplete')).toEqual([])
    },
  )

  it.each(examined(FAULTS))('finds $name by the checks that name it, and by no other', ({ name }) => {
    const row = rowOf(broken, name)
    expect(row.found).toEqual(row.expected)
  })
})

describe('the broken servers', () => {
  it(`are ${FAULTS_AT_LEAST} at least that the examiner finds, each by another name`, () => {
    expect(FAULTS.filter(({ unseen }) => unseen === undefined).length).toBeGreaterThanOrEqual(FAULTS_AT_LEAST)
    expect(new Set(FAULTS.map(({ name }) => name)).size).toBe(FAULTS.length)
  })

  it.each(FAULTS)('$name is a change of 30 lines at most', ({ patch }) => {
    expect(patch.toString().split('\n').length).toBeLessThanOrEqual(PATCH_LINES)
  })

  it.each(FAULTS)('$name names checks that exist, or says why none finds it', ({ fails, warns = [], unseen }) => {
    const named = [...fails, ...warns]
    expect(named.filter((id) => !ids.has(id))).toEqual([])
    expect(named.length === 0).toBe(unseen !== undefined)
  })
})

it('the page of the matrix is what the runs found', async () => {
  const page = renderMatrix({
    introduction: INTRODUCTION,
    subject: 'server',
    reasons:
      'Why, for each that is not sound: [sound/all.ts](sound/all.ts) and [frameworks/all.ts](frameworks/all.ts).',
    whole: [...whole.values()],
    broken: rowsOfAll(FAULTS, broken),
    checks: ids,
  })
  if (process.env.UPDATE_MATRIX === '1') await writeFile(PAGE, page)
  expect(await readFile(PAGE, 'utf8')).toBe(page)
})
