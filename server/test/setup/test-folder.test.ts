import { fork } from 'node:child_process'
import { once } from 'node:events'
import { access, rm, utimes } from 'node:fs/promises'
import { expect, it, onTestFinished } from 'vitest'
import { openPostgresFolder, postgresFolderOf, readPostmaster } from '../../src/dev/postgres-folder.ts'
import { makeTestFolder, sweepTestFolders } from './test-folder.ts'

const STARTER = new URL('../dev/fixtures/start-postgres.ts', import.meta.url)
const LONG_AGO = new Date('2001-01-01T00:00:00Z')

it('sweeps the folder and the PostgreSQL of a killed run, but not those of a running one', async () => {
  const folder = await makeTestFolder()
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const starter = fork(STARTER, [postgresFolderOf(folder)], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  if (starter.stdout !== null) await once(starter.stdout, 'data')
  const postgres = await openPostgresFolder(postgresFolderOf(folder))
  await utimes(folder, LONG_AGO, LONG_AGO)
  await sweepTestFolders()
  expect(await readPostmaster(postgres)).toMatchObject({ status: 'ready' })

  starter.kill('SIGKILL')
  await once(starter, 'exit')
  await utimes(folder, LONG_AGO, LONG_AGO)
  await sweepTestFolders()
  expect(await readPostmaster(postgres)).toBeUndefined()
  await expect(access(folder)).rejects.toThrow(/ENOENT/)
})
