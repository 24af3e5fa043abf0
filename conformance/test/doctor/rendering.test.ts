import { Writable } from 'node:stream'
import { WriteStream } from 'node:tty'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { lastLine, stepLines } from '../../src/doctor/rendering.ts'
import { ok, stop, warn } from '../../src/doctor/step.ts'

const AILING = { ailment: 'a', saw: 'It\nis\u001b[31m wrong.', change: 'Mend it.' }

class Terminal extends Writable {
  readonly isTTY = true
  readonly getColorDepth = WriteStream.prototype.getColorDepth
}

describe('a step on a terminal', () => {
  afterEach(() => vi.unstubAllEnvs())

  it('is one line without control characters, and one for what to change', () => {
    expect(stepLines(stop('token', AILING), undefined)).toEqual([
      'stop  token                It is\ufffd[31m wrong.',
      '                           -> Mend it.',
    ])
    expect(stepLines(ok('reach', 'It answers.'), undefined)).toHaveLength(1)
  })

  it('is in colour where a terminal is, and not where NO_COLOR is set', () => {
    for (const name of ['CI', 'NO_COLOR']) vi.stubEnv(name, undefined)
    vi.stubEnv('FORCE_COLOR', undefined)
    vi.stubEnv('NODE_DISABLE_COLORS', undefined)
    vi.stubEnv('TERM', 'xterm-256color')
    const step = ok('reach', 'It answers.')
    expect(stepLines(step, new Terminal())[0]).toContain('\u001b[')
    vi.stubEnv('NO_COLOR', '1')
    expect(stepLines(step, new Terminal())[0]).not.toContain('\u001b[')
  })
})

describe('the last line', () => {
  const [odd, bad] = [warn('browser', AILING), stop('token', { ...AILING, saw: 'It is wrong.' })]
  it.each([
    { steps: [ok('reach', 'x')], cause: undefined, walked: 'to the end', says: 'Nothing in the way.' },
    { steps: [odd], cause: undefined, walked: 'to the end', says: 'Nothing in the way; 1 to look at.' },
    {
      steps: [odd],
      cause: undefined,
      walked: 'without token',
      says: 'Nothing in the way as far as a client comes without a token; 1 to look at.',
    },
    {
      steps: [bad],
      cause: { step: 'token', ailment: 'a', saw: 'It is wrong.', change: 'Mend it.' },
      walked: 'ended',
      says: 'Most likely: It is wrong. Mend it.',
    },
  ] as const)('is: $says', ({ says, ...diagnosis }) => {
    expect(lastLine(diagnosis)).toBe(says)
  })
})
