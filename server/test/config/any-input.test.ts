import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { formatProblem } from '../../src/config/problem.ts'
import { settingsSchema } from '../../src/config/schema.ts'
import { load } from './loading.ts'

const KEYS = [
  ...Object.keys(settingsSchema.shape),
  'id',
  'uri',
  'name',
  'tools',
  'aliases',
  'redirectUris',
  'secret',
  'port',
]

/** Settings files that are wrong in every way at once, but have the right words in them. */
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.webUrl(), fc.constant('https://a.example')),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie('tree'), { maxKeys: 5 }),
  ),
}))

const judge = (text: string, mode: 'dev' | 'serve') => {
  const loaded = load({ 'sallyport.yaml': text }, { mode })
  return loaded.ok ? [] : loaded.problems.map(formatProblem)
}

describe('settings that nobody would write', () => {
  it('are judged, not thrown at', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...KEYS), tree), fc.constantFrom('dev', 'serve'), (value, mode) => {
        for (const problem of judge(stringify(value), mode)) expect(problem).toMatch(/: .+ \[SALLYPORT_E_[A-Z_]+\]$/s)
      }),
      { numRuns: 400 },
    )
  })

  it('need not even be YAML', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab: -[]{}&*!|>\'"%@`#,?\n\t') }), (text) => {
        judge(text, 'dev')
      }),
      { numRuns: 1000 },
    )
  })
})
