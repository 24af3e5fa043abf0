import { readdir } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { OWN_SERVERS } from './own-servers.ts'

it('every example is examined, and the demo', async () => {
  const folders = await readdir(new URL('../../../resources/examples/', import.meta.url), { withFileTypes: true })
  const stories = folders.filter((entry) => entry.isDirectory() && /^\d\d-/.test(entry.name)).map(({ name }) => name)
  expect(stories.length).toBeGreaterThan(0)
  const [demo, ...examples] = OWN_SERVERS.map(({ file }) => file)
  expect(demo).toMatch(/demo-server/)
  expect(examples.toSorted()).toEqual(stories.map((name) => `resources/examples/${name}/server.ts`).toSorted())
})
