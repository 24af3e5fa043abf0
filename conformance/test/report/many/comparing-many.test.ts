import { describe, expect, it } from 'vitest'
import type { Verdict } from '../../../src/check/verdict.ts'
import { renderAnnotationsOfMany, renderStepSummaryOfMany } from '../../../src/report/formats/github-many.ts'
import { renderHumanOfMany } from '../../../src/report/formats/human.ts'
import { renderJson, renderJsonOfMany } from '../../../src/report/formats/json.ts'
import type { ManyReport, TargetReport } from '../../../src/report/many.ts'
import { redactTargets } from '../../../src/report/target-names.ts'
import { runKept } from '../../setup/kept-console.ts'
import { checkReport, everyVerdict, reportOf } from '../sample-report.ts'
import { hostileMany, mixed } from './sample-many.ts'

const at = (name: string, verdict: Verdict): TargetReport => ({
  ...reportOf([checkReport({ id: 'a', verdict })]),
  name,
})
const gone = (name: string): TargetReport => ({ name, target: 'https://x.test/mcp', unreachable: 'no answer in time' })
const written = (...targets: readonly TargetReport[]): string => renderJsonOfMany({ targets })

describe('diff of two reports of many targets', () => {
  const diff = (before: string, after: string) =>
    runKept(['diff', 'old.json', 'new.json'], { files: { 'old.json': before, 'new.json': after } })

  it('compares by name, and counts all of them in the last line', async () => {
    const before = written(at('same', 'fail'), at('worse', 'pass'), at('left', 'pass'), gone('back'), gone('silent'))
    const after = written(
      at('worse', 'fail'),
      at('same', 'fail'),
      at('back', 'pass'),
      gone('silent'),
      at('come', 'fail'),
    )
    const { exitCode, out } = await diff(before, after)
    expect(exitCode).toBe(1)
    expect(out.filter((line) => line !== '')).toEqual([
      'worse:',
      expect.stringMatching(/^worse {3}a: pass → fail/),
      '1 worse, 0 better, 0 changed, 0 new, 0 gone',
      'back: examined again, after it was unreachable',
      'silent: unreachable as before',
      'come: new in the run',
      'left: no longer in the run',
      '6 targets, 0 of them lost: 1 worse, 0 better, 0 changed, 0 new, 0 gone',
    ])
  })

  it('calls it worse when a target no longer answers, and nothing when nothing changed', async () => {
    expect((await diff(written(at('a', 'fail')), written(gone('a')))).exitCode).toBe(1)
    expect((await diff(written(at('a', 'fail')), written(at('a', 'fail')))).exitCode).toBe(0)
    expect((await diff(written(gone('a')), written(gone('a')))).exitCode).toBe(0)
  })

  it('compares like with like, and says what is wrong with a file', async () => {
    const mixedUp = await diff(renderJson(everyVerdict), written(at('a', 'pass')))
    expect([mixedUp.exitCode, mixedUp.err.join()]).toEqual([2, expect.stringContaining('compare like with like')])
    for (const text of ['{"targets":[{}]}', '{"targets":[{"name":"a"}]}', '{"targets":[{"name":"a","unreachable":1}]}'])
      expect((await diff(text, text)).exitCode).toBe(2)
  })
})

describe('redactTargets', () => {
  it('gives each host one alias, wherever any report names it', () => {
    const naming = (host: string, other: string): TargetReport => ({
      ...reportOf([checkReport({ detail: `it names https://${other}/mcp`, evidence: [] })]),
      target: `https://${host}/mcp`,
      name: host,
    })
    const many: ManyReport = {
      targets: [
        naming('one.corp.test', 'two.corp.test'),
        naming('two.corp.test', 'login.corp.test'),
        { name: 'three', target: 'https://three.other.test/mcp', unreachable: 'POST https://three.other.test/mcp: no' },
      ],
    }
    const clean = redactTargets(many)
    expect(clean.targets.map(({ name, target }) => [name, target])).toEqual([
      ['target 1', 'https://target-1.example/mcp'],
      ['target 2', 'https://target-2.example/mcp'],
      ['target 3', 'https://target-3.example/mcp'],
    ])
    expect(JSON.stringify(clean)).not.toMatch(/corp|other\.test/)
    expect(JSON.stringify(clean.targets[0])).toContain('https://target-2.example/mcp')
    expect(JSON.stringify(clean.targets[2])).toContain('POST https://target-3.example/mcp')
  })
})

describe('texts of strangers in reports of many', () => {
  it('begin no line that a CI system takes for a command', () => {
    for (const line of renderHumanOfMany(hostileMany).split('\n')) expect(line).not.toMatch(/^\s*::|##\[|##vso/)
    const annotations = renderAnnotationsOfMany(hostileMany).trimEnd().split('\n')
    for (const line of annotations) expect(line).toMatch(/^::(?:error|warning|notice) title=/)
  })

  it('make no markup of a step summary, which has room for all or leaves out from the end', () => {
    expect(renderStepSummaryOfMany(hostileMany)).not.toMatch(/<script|<img/)
    const [first] = mixed.targets
    const large: ManyReport = {
      targets: Array.from({ length: 900 }, (_, number) => ({ ...(first as TargetReport), name: `t${number}` })),
    }
    const text = renderStepSummaryOfMany(large)
    expect(text.length).toBeLessThan(900_000)
    expect(text).toContain('| t899 |')
  })
})
