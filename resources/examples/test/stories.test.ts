import { describe, expect, it } from 'vitest'
import { readmeCommands, readStory, STORIES, type Story } from './setup/story.ts'

/** Lines that a story may add to a file of the one before. More would be a second story. */
const MOST_ADDED_LINES = 20

const STEPS: readonly { before: Story; story: Story }[] = [
  { before: '01-protect-a-server', story: '02-step-up' },
  { before: '02-step-up', story: '03-exchange' },
]

/** Whether the lines of one text appear in another, in their order. */
function isWithin(lines: readonly string[], others: readonly string[]): boolean {
  let at = 0
  for (const other of others) if (other === lines[at]) at += 1
  return at === lines.length
}

describe('the stories', () => {
  it.each(STEPS)('$story has all that $before has, and a little more', ({ before, story }) => {
    for (const file of ['server.ts', 'tools.yaml']) {
      const [earlier, later] = [before, story].map((one) => readStory(one, file).split('\n'))
      expect(isWithin(earlier ?? [], later ?? [])).toBe(true)
      const added = (later ?? []).length - (earlier ?? []).length
      expect(added).toBeGreaterThan(0)
      expect(added).toBeLessThanOrEqual(MOST_ADDED_LINES)
    }
  })

  it('a line that was changed is noticed', () => {
    expect(isWithin(['a', 'b'], ['a', 'x', 'b'])).toBe(true)
    expect(isWithin(['a', 'b'], ['a', 'changed'])).toBe(false)
    expect(isWithin(['a', 'b'], ['b', 'a'])).toBe(false)
  })

  it.each(STORIES)('%s says how to register it and how to run it', (story) => {
    const scripts = readmeCommands(story).map(({ script }) => script)
    expect(scripts).toContain('sallyport')
    expect(scripts.at(-1)).toBe('example')
  })

  it('stand side by side: no port, id or file is used twice', () => {
    const flag = (name: string): string[] =>
      STORIES.flatMap((story) => readmeCommands(story)).flatMap(({ args }) => {
        const at = args.indexOf(name)
        return at === -1 ? [] : [args[at + 1] ?? '']
      })
    for (const name of ['--id', '--uri', '--client-key']) expect(new Set(flag(name)).size).toBe(flag(name).length)
  })
})
