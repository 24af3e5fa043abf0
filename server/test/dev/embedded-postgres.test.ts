import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { Client } from 'pg'
import { describe, expect, it } from 'vitest'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/dev/embedded-postgres.ts'
import { openPostgresFolder, readPostmaster } from '../../src/dev/postgres-folder.ts'
import { makeSuiteFolder } from './open-folder.ts'

const STARTER = new URL('./fixtures/start-postgres.ts', import.meta.url)

describe('the embedded PostgreSQL', async () => {
  // One cluster for the file: to create one takes longer than every test here.
  const dataDir = join(await makeSuiteFolder(), 'postgres')

  it('serves the database sallyport on the loopback and keeps data, password and port over a restart', async () => {
    const first = await start(dataDir)
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer')
    await first.stop()
    const second = await start(dataDir)
    expect(second.url).toBe(first.url)
    expect(new URL(second.url)).toMatchObject({ hostname: '127.0.0.1', pathname: '/sallyport' })
    expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }])
    await second.stop()
  })

  it('keeps its password where only its user can read it, and lets nobody in without it', async () => {
    const postgres = await start(dataDir)
    expect((await stat(join(dataDir, 'password'))).mode & 0o777).toBe(0o600)
    const guessed = new URL(postgres.url)
    guessed.password = 'sallyport'
    await expect(query(guessed.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/)
    await postgres.stop()
  })

  it('leaves no process behind after stop, however often it is called', async () => {
    const postgres = await start(dataDir)
    const idle = new Client({ connectionString: postgres.url })
    idle.on('error', () => {})
    await idle.connect()
    expect(await postmasterOf(dataDir)).toBeDefined()
    await Promise.all([postgres.stop(), postgres.stop()])
    expect(await postmasterOf(dataDir)).toBeUndefined()
    await expect(query(postgres.url, 'SELECT 1')).rejects.toThrow(/ECONNREFUSED/)
  })

  it('refuses a second start on the folder and says who holds it', async () => {
    const postgres = await start(dataDir)
    await expect(start(dataDir)).rejects.toMatchObject({
      code: 'SALLYPORT_E_POSTGRES_HELD',
      message: expect.stringMatching(new RegExp(`${dataDir} is in use by process ${process.pid} .*SALLYPORT_DATA_DIR`)),
    })
    expect(await query(postgres.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    await postgres.stop()
  })

  it('takes over what a killed starter left running, and stops it in the end', async () => {
    const starter = await forkStarter(dataDir)
    await query(starter.url, 'CREATE TABLE left_behind AS SELECT 42 AS answer')
    starter.child.kill('SIGKILL')
    await once(starter.child, 'exit')
    const orphan = await postmasterOf(dataDir)
    expect(orphan?.status).toBe('ready')

    const heir = await start(dataDir)
    expect((await postmasterOf(dataDir))?.process.pid).toBe(orphan?.process.pid)
    expect(await query(heir.url, 'SELECT answer FROM left_behind')).toEqual([{ answer: 42 }])
    await heir.stop()
    expect(await postmasterOf(dataDir)).toBeUndefined()
  })

  it('ends with a process that exits without stopping it', async () => {
    const starter = await forkStarter(dataDir)
    starter.child.send('exit')
    await once(starter.child, 'exit')
    await expect.poll(() => postmasterOf(dataDir)).toBeUndefined()
  })

  it('moves to another port when its own is taken', async () => {
    const blocker = createServer().listen(0, '127.0.0.1')
    await once(blocker, 'listening')
    const address = blocker.address()
    const taken = typeof address === 'object' ? String(address?.port) : ''
    const folder = await openPostgresFolder(dataDir)
    await writeFile(folder.port, taken)
    const postgres = await start(dataDir)
    expect(new URL(postgres.url).port).not.toBe(taken)
    expect(await readFile(folder.port, 'utf8')).toBe(new URL(postgres.url).port)
    await postgres.stop()
    blocker.close()
  })

  it('starts although its lock file names a process number that another program has now', async () => {
    await (await start(dataDir)).stop()
    const { cluster } = await openPostgresFolder(dataDir)
    await writeFile(join(cluster, 'postmaster.pid'), `${process.pid}\n${cluster}\n0\n0\n\n\n\nready\n`)
    const postgres = await start(dataDir)
    expect(await query(postgres.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    await postgres.stop()
  })
})

function start(dataDir: string): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({ dataDir, log: () => {}, flags: { fsync: 'off' } })
}

async function forkStarter(dataDir: string) {
  const child = fork(STARTER, [dataDir], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  const [line]: unknown[] = child.stdout === null ? [] : await once(child.stdout, 'data')
  return { child, url: String(line).trim() }
}

async function postmasterOf(dataDir: string) {
  return readPostmaster(await openPostgresFolder(dataDir))
}

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(statement)).rows
  } finally {
    await client.end()
  }
}
