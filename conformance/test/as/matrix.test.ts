import { readFile, writeFile } from 'node:fs/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { SOUND_ISSUERS, told } from '../../fixtures/as/all.ts'
import { ISSUER_FAULTS, startBrokenIssuer } from '../../fixtures/as/broken/all.ts'
import { OTHER_ISSUERS } from '../../fixtures/as/others/all.ts'
import type { DocumentsWay } from '../../fixtures/as/whole-issuer.ts'
import { authorizationServerChecks } from '../../src/as/checks.ts'
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
import { examineWhole } from './setup/examine-whole.ts'
import { SALLYPORT } from './setup/sallyport.ts'

const PAGE = new URL('../../fixtures/as/MATRIX.md', import.meta.url)
const INTRODUCTION = `Written by \`conformance/test/as/matrix.test.ts\` out of runs of the whole of \`as\` mode at every fixture; those of our own with \`--slow\` and
\`--stress\`, and without waiting. \`UPDATE_MATRIX=1 npx vitest run conformance/test/as/matrix.test.ts\` writes it anew.`
/** So that a fault stays one fault, and its author sees it at a glance. */
const PATCH_LINES = 30
const FAULTS_AT_LEAST = 60
const RUN_MS = 900_000
/** What waits is not waited for in a test, and a fixture has no leeway to outwait. */
const EVERYTHING = { permissions: new Set(['slow', 'stress'] as const) }

const ids = new Set(authorizationServerChecks.map(({ id }) => id))

const SOUND = [...SOUND_ISSUERS, SALLYPORT]

let whole: ReadonlyMap<string, Row>
let broken: ReadonlyMap<string, Row>

beforeAll(async () => {
  whole = byName([
    ...(await inTurn(SOUND, async (issuer) =>
      row(issuer, expectedOf(issuer), await examineWhole(issuer.start, EVERYTHING)),
    )),
    ...(await inTurn(OTHER_ISSUERS, async (issuer) =>
      row(issuer, expectedOf(issuer), await examineWhole(issuer.start)),
    )),
  ])
  broken = byName(
    await inTurn(examined(ISSUER_FAULTS), async (fault) => {
      const start = async ({ dispatcher }: DocumentsWay) =>
        told(await startBrokenIssuer(fault, { port: 0, dispatcher }))
      return row(fault, expectedOfFault(fault), await examineWhole(start, EVERYTHING))
    }),
  )
}, RUN_MS)

describe('the examiner', () => {
  it.each(SOUND)('accuses $name of nothing, warns of what is written beside it alone', ({ name }) => {
    const row = rowOf(whole, name)
    expect(row.found).toEqual(row.expected)
    expect(row.report.checks.filter(({ verdict }) => verdict === 'incomplete')).toEqual([])
  })

  it('finds every check passed at our own, but for one that is about names no loopback has', () => {
    const { checks } = rowOf(whole, SALLYPORT.name).report
    expect(checks.filter(({ verdict }) => verdict !== 'pass').map(({ id }) => id)).toEqual(['as-metadata-issuer-form'])
    expect(checks.length).toBe(ids.size)
  })

  it.each(OTHER_ISSUERS)('says of $name what is written beside it, and nothing else', ({ name, incomplete }) => {
    const row = rowOf(whole, name)
    expect(row.found).toEqual(row.expected)
    expect(row.report.summary.incomplete > 0).toBe(incomplete !== undefined)
  })

  it.each(examined(ISSUER_FAULTS))('finds $name by the checks that name it, and by no other', ({ name }) => {
    const row = rowOf(broken, name)
    expect(row.found).toEqual(row.expected)
  })

  it('has no check that no fault proves', () => {
    const proven = new Set(ISSUER_FAULTS.flatMap(({ fails, warns = [] }) => [...fails, ...warns]))
    expect([...ids].filter((id) => !proven.has(id))).toEqual(UNPROVEN)
  })
})

/** It is `incomplete` where it does not pass: a server that cannot reach the host of documents looks like one that takes none. */
const UNPROVEN: readonly string[] = ['as-cimd-accepted']

describe('the broken authorization servers', () => {
  it(`are ${FAULTS_AT_LEAST} at least that the examiner finds, each by another name`, () => {
    expect(ISSUER_FAULTS.filter(({ unseen }) => unseen === undefined).length).toBeGreaterThanOrEqual(FAULTS_AT_LEAST)
    expect(new Set(ISSUER_FAULTS.map(({ name }) => name)).size).toBe(ISSUER_FAULTS.length)
  })

  it.each(ISSUER_FAULTS)('$name is a change of 30 lines at most', ({ patch }) => {
    expect(patch.toString().split('\n').length).toBeLessThanOrEqual(PATCH_LINES)
  })

  it.each(ISSUER_FAULTS)(
    '$name names checks that exist, or says why none finds it',
    ({ fails, warns = [], unseen }) => {
      const named = [...fails, ...warns]
      expect(named.filter((id) => !ids.has(id))).toEqual([])
      expect(named.length === 0).toBe(unseen !== undefined)
    },
  )
})

it('the page of the matrix is what the runs found', async () => {
  const page = renderMatrix({
    introduction: INTRODUCTION,
    subject: 'authorization server',
    reasons: 'Why, for each that others wrote: [others/all.ts](others/all.ts).',
    whole: [...whole.values()],
    broken: rowsOfAll(ISSUER_FAULTS, broken),
    checks: ids,
  })
  if (process.env.UPDATE_MATRIX === '1') await writeFile(PAGE, page)
  expect(await readFile(PAGE, 'utf8')).toBe(page)
})
