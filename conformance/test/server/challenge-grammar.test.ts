import { describe, expect, it } from 'vitest'
import { grammarFault } from '../../src/server/challenges/challenge-grammar.ts'

describe('the strict reading of a challenge (RS-401-07)', () => {
  it.each([
    'Bearer',
    'Bearer realm="notes"',
    'Bearer error="invalid_token", error_description="say \\"please\\"", scope="a b"',
    'Bearer scope=read,resource_metadata="https://mcp.example/x"',
    'DPoP algs="ES256", Bearer scope="a"',
    'Bearer scope="a", DPoP algs="ES256 EdDSA", scope="b"',
    'Negotiate dG9rZW4=, Bearer scope="a"',
    'Bearer scope = "a" , error = "x"',
  ])('takes %s', (value) => {
    expect(grammarFault(value)).toBeUndefined()
  })

  it.each([
    ['Bearer error="a" scope="b"', 'no comma after error'],
    ['Bearer scope=a b, error="c"', 'no comma'],
    ['Bearer resource_metadata=https://mcp.example/x', 'no comma after resource_metadata'],
    ['Bearer scope="a", scope="b"', 'scope stands there twice'],
    ['Bearer error_description="a "quoted" word"', 'no comma after error_description'],
    ['Bearer scope="a', 'neither quoted'],
    ['Bearer error_description="caf\u00e9"', 'not ASCII'],
    ['{"error":"x"}', 'no '],
  ])('refuses %s', (value, why) => {
    expect(grammarFault(value)).toContain(why)
  })
})
