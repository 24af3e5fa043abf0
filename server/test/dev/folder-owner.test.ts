import { fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { claimFolder, readHolder } from '../../src/dev/folder-owner.ts'
import { describeFromPs, describeProcess } from '../../src/dev/process-description.ts'
import { makeOpenFolder } from './open-folder.ts'

describe('the owner of a data folder', () => {
  it('is the one winner of many claims at once', async () => {
    const record = join(await makeOpenFolder(), 'owner.json')
    const first = await claimFolder(record)
    const others = await Promise.all([claimFolder(record), claimFolder(record), claimFolder(record)])
    expect(first.ok).toBe(true)
    expect(others.map((claim) => claim.ok)).toEqual([false, false, false])
  })

  it('is named to the process that is refused', async () => {
    const record = join(await makeOpenFolder(), 'owner.json')
    await claimFolder(record)
    expect(await claimFolder(record)).toMatchObject({ ok: false, holder: { pid: process.pid } })
  })

  it('gives the folder back with release', async () => {
    const record = join(await makeOpenFolder(), 'owner.json')
    const claim = await claimFolder(record)
    if (claim.ok) await claim.release()
    expect(await readHolder(record)).toBeUndefined()
    expect((await claimFolder(record)).ok).toBe(true)
  })

  it.each([
    { left: 'by a process that has ended', record: { pid: 2 ** 22 + 1, startedAt: 'x', command: 'gone' } },
    { left: 'by a process whose number now belongs to another', record: { pid: 1, startedAt: 'x', command: 'gone' } },
    { left: 'half written', record: { pid: 1 } },
  ])('replaces a record left $left', async ({ record }) => {
    const path = join(await makeOpenFolder(), 'owner.json')
    await writeFile(path, JSON.stringify(record))
    expect(await readHolder(path)).toBeUndefined()
    expect((await claimFolder(path)).ok).toBe(true)
  })
})

describe('the description of a process', () => {
  it('stays the same while the process runs and is gone afterwards', async () => {
    const child = fork('-', { execArgv: ['-e', 'setInterval(() => {}, 1000)'], stdio: 'ignore' })
    await once(child, 'spawn')
    const pid = child.pid ?? 0
    const first = await describeProcess(pid)
    expect(first?.pid).toBe(pid)
    expect(await describeProcess(pid)).toEqual(first)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(await describeProcess(pid)).toBeUndefined()
  })

  it('is also had from ps, where there is no /proc', async () => {
    const own = await describeFromPs(process.pid)
    expect(own).toMatchObject({ pid: process.pid, command: expect.stringContaining('node') })
    expect(own?.startedAt).toMatch(/\d{4}$/)
    expect(await describeFromPs(2 ** 22 + 1)).toBeUndefined()
  })
})
