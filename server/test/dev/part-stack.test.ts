import { describe, expect, it } from 'vitest'
import { createPartStack } from '../../src/dev/part-stack.ts'

const PATIENCE = { patienceMs: 1000 }

describe('a stack of started parts', () => {
  it('stops the last first and each once', async () => {
    const stopped: string[] = []
    const stack = createPartStack(() => {})
    for (const name of ['database', 'server', 'demo']) {
      stack.add(name, { ...PATIENCE, stop: async () => void stopped.push(name) })
    }
    expect(await stack.stopAll()).toBe(true)
    expect(await stack.stopAll()).toBe(true)
    expect(stopped).toEqual(['demo', 'server', 'database'])
  })

  it.each([
    { fault: 'fails', stop: () => Promise.reject(new Error('no such thing')), said: /server did not stop: no such/ },
    {
      fault: 'hangs',
      stop: () => new Promise<void>(() => {}),
      said: /server did not stop: it is still busy after 0.05/,
    },
  ])('goes on after a part that $fault, and says so', async ({ stop, said }) => {
    const messages: string[] = []
    let databaseStopped = false
    const stack = createPartStack((message) => messages.push(message))
    stack.add('database', {
      ...PATIENCE,
      stop: async () => {
        databaseStopped = true
      },
    })
    stack.add('server', { stop, patienceMs: 50 })
    expect(await stack.stopAll()).toBe(false)
    expect(databaseStopped).toBe(true)
    expect(messages).toEqual([expect.stringMatching(said)])
  })
})
