import { describe, expect, it } from 'vitest'
import { findImports } from '../source-files.ts'

const specifiers = (text: string) => findImports(text).map(({ specifier }) => specifier)

describe('the imports of a file', () => {
  it('are found in every form that loads a module', () => {
    const text = [
      "import 'side-effect'",
      "import one from 'default'",
      "import * as all from 'namespace'",
      'import {',
      '  a,',
      '  b as c,',
      "} from 'several-lines'",
      "export * from 're-export-all'",
      "export { d } from 're-export'",
      "const late = await import('dynamic')",
      "const old = require('required')",
      "const url = import.meta.resolve('resolved')",
    ].join('\n')
    const expected = ['side-effect', 'default', 'namespace', 'several-lines', 're-export-all', 're-export']
    expect(specifiers(text)).toEqual([...expected, 'dynamic', 'required', 'resolved'])
  })

  it('carry their line and whether they are types alone', () => {
    expect(findImports("\nimport type { A } from 'a'\nexport type { B } from 'b'\nimport { c } from 'c'\n")).toEqual([
      { specifier: 'a', line: 2, typeOnly: true },
      { specifier: 'b', line: 3, typeOnly: true },
      { specifier: 'c', line: 4, typeOnly: false },
    ])
  })

  it('are not found in comments, nor in exports of values', () => {
    expect(
      specifiers("// import('no')\n/** @see import('no') */\nexport const from = 'no'\nexport { a }\nconst b = 'no'\n"),
    ).toEqual([])
  })
})
