import { describe, expect, it } from 'vitest'
import { bearerParameters } from '../../src/server/challenge.ts'
import { metadataAddresses } from '../../src/server/metadata-search.ts'

const refusal = (...values: readonly string[]) => ({
  status: 401,
  headers: values.map((value) => ['www-authenticate', value] as const),
  body: '',
  truncated: false,
})

describe('the Bearer challenge', () => {
  it.each([
    ['quoted values', ['Bearer a="1", b="2"'], { a: '1', b: '2' }],
    ['bare values', ['Bearer a=1,b=2'], { a: '1', b: '2' }],
    ['an escaped quote', ['Bearer a="x\\"y"'], { a: 'x"y' }],
    ['a scheme in lower case', ['bearer A="1"'], { a: '1' }],
    ['no parameters', ['Bearer'], {}],
    ['another scheme in front', ['DPoP algs="ES256", Bearer a="1"'], { a: '1' }],
    ['another scheme behind', ['Bearer a="1", DPoP algs="ES256"'], { a: '1' }],
    ['a header line of its own', ['Basic realm="x"', 'Bearer a="1"'], { a: '1' }],
    ['commas and spaces in a value', ['Bearer scope="a b", d="x, y"'], { scope: 'a b', d: 'x, y' }],
  ])('is read with %s', (_, values, expected) => {
    expect(Object.fromEntries(bearerParameters(refusal(...values)) ?? [])).toEqual(expected)
  })

  it('is missing where there is none', () => {
    expect(bearerParameters(refusal())).toBeUndefined()
    expect(bearerParameters(refusal('Basic realm="Bearer"'))).toBeUndefined()
  })
})

describe('the metadata is looked for', () => {
  it('where the challenge points, beside the path, at the root', () => {
    const named = refusal('Bearer resource_metadata="https://m.example/here"')
    expect(metadataAddresses('https://m.example/mcp', named)).toEqual([
      'https://m.example/here',
      'https://m.example/.well-known/oauth-protected-resource/mcp',
      'https://m.example/.well-known/oauth-protected-resource',
    ])
  })

  it('nowhere but over http and https', () => {
    const named = refusal('Bearer resource_metadata="file:///etc/passwd"')
    expect(metadataAddresses('https://m.example/', named)).toEqual([
      'https://m.example/.well-known/oauth-protected-resource',
    ])
  })
})
