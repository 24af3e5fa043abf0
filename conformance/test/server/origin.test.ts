import { describe, expect, it } from 'vitest'
import { originChecks } from '../../src/server/origin/origin-checks.ts'
import { faultyIn, findingsOf, unsoundIn } from './setup/finding-of.ts'
import type { Behaviour } from './setup/small-server.ts'

/** One fault each, and the checks that name it. */
const FAULTS: Record<string, { change: Partial<Behaviour>; named: readonly string[] }> = {
  'lets every page in (RS-TR-01, R14)': {
    change: { foreign: ({ headers }, { url }) => headers.host !== new URL(url).host },
    named: ['foreign-origin-refused', 'null-origin-refused', 'look-alike-origin-refused'],
  },
  'lets pages without an origin in (RS-TR-01, R14)': {
    change: {
      foreign: ({ headers }, { url }) =>
        headers.host !== new URL(url).host || headers.origin?.startsWith('http') === true,
    },
    named: ['null-origin-refused'],
  },
  'compares beginnings of origins (RS-TR-01, R14)': {
    change: {
      foreign: ({ headers }, { url }) =>
        headers.host !== new URL(url).host || headers.origin?.startsWith(`http://${new URL(url).hostname}`) === false,
    },
    named: ['look-alike-origin-refused'],
  },
  'answers to every name (RS-TR-02, R14)': {
    change: { foreign: ({ headers }) => headers.origin !== undefined },
    named: ['foreign-host-refused'],
  },
}

describe('origin: a server that', () => {
  it.each(['stateless', 'session'] as const)('is sound is found sound in every question (%s)', async (transport) => {
    expect(unsoundIn(await findingsOf(originChecks, { transport }))).toEqual([])
  })

  it.each(Object.entries(FAULTS))('%s is named for that, and for nothing else', async (_, { change, named }) => {
    expect(faultyIn(await findingsOf(originChecks, change))).toEqual(named)
  })

  it('takes what is no origin, and what no browser sends, is not accused for it (RS-TR-01)', async () => {
    const change: Partial<Behaviour> = {
      foreign: ({ headers: { host, origin } }, { url }) =>
        host !== new URL(url).host || (origin !== undefined && (URL.canParse(origin) || origin === 'null')),
    }
    expect(faultyIn(await findingsOf(originChecks, change))).toEqual([])
  })

  it('refuses a foreign page by 400 is in doubt since 403 is asked for (RS-TR-01)', async () => {
    const door: Behaviour['door'] = ({ headers }) => (headers.origin === undefined ? undefined : { status: 400 })
    expect((await findingsOf(originChecks, { door })).get('foreign-origin-refused')?.kind).toBe('doubtful')
  })
})
