import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { AILMENTS } from '../../fixtures/ailments/all.ts'
import { startWorld } from '../../fixtures/ailments/world.ts'
import { runKept } from '../setup/kept-console.ts'

const ROOT = readFileSync(new URL('../../fixtures/ailments/certificates/root.pem', import.meta.url), 'utf8')
const FLAGS = ['--rate', '500', '--token-env', 'TOKEN', '--ca', 'root.pem', '--json', 'diagnosis.json']

interface Shown {
  readonly cause: { readonly ailment: string; readonly saw: string; readonly change: string } | null
  readonly steps: readonly { readonly outcome: string; readonly saw: string; readonly ailment: string | null }[]
}

async function diagnoseWorld(differences: Parameters<typeof startWorld>[0] & { flags?: readonly string[] }) {
  const world = await startWorld(differences)
  try {
    const given = { files: { 'root.pem': ROOT }, environment: { TOKEN: world.token } }
    const run = await runKept(['doctor', world.url, ...FLAGS, ...(differences.flags ?? [])], given)
    const diagnosis = JSON.parse(run.files.get('diagnosis.json') ?? 'null') as Shown
    return { ...run, diagnosis }
  } finally {
    await world.close()
  }
}

const ailmentsIn = ({ steps }: Shown): readonly string[] =>
  [...new Set(steps.flatMap(({ ailment }) => ailment ?? []))].sort()

describe('sallyport-examine doctor', () => {
  it.each([
    { what: 'without sessions' },
    { what: 'with sessions', transport: 'session' as const },
    { what: 'over TLS', certificate: 'host' as const, beside: ['issuer-by-http'] },
  ])('finds nothing in the way of a world in order, $what', async ({ beside = [], ...differences }) => {
    const { diagnosis, exitCode, out } = await diagnoseWorld(differences)
    expect(ailmentsIn(diagnosis)).toEqual(beside)
    expect(diagnosis.cause).toBeNull()
    expect(exitCode).toBe(0)
    expect(out.at(-1)).toMatch(/^Nothing in the way/)
  })

  it.each(AILMENTS)('names what ails $name, and nothing that does not follow from it', async (ailment) => {
    const { diagnosis, exitCode, out } = await diagnoseWorld(ailment)
    expect(diagnosis.cause?.ailment).toBe(ailment.cause)
    const expected = [...new Set([...(ailment.cause === undefined ? [] : [ailment.cause]), ...(ailment.beside ?? [])])]
    expect(ailmentsIn(diagnosis)).toEqual(expected.sort())
    expect(exitCode).toBe(ailment.cause === undefined ? 0 : 1)
    expect(out.at(-1)).toMatch(ailment.cause === undefined ? /^Nothing in the way/ : /^Most likely: /)
  })
})
