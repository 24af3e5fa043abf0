import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { proveWritable } from '../../src/cli/writable.ts'

const folder = await mkdtemp(join(tmpdir(), 'examine-'))

it('a file that is there, and one that is not yet, can be written; neither is touched', async () => {
  const there = join(folder, 'report.json')
  await writeFile(there, 'of yesterday')
  await proveWritable(there)
  await proveWritable(join(folder, 'report.html'))
  expect(await readFile(there, 'utf8')).toBe('of yesterday')
  expect(await readdir(folder)).toEqual(['report.json'])
})

it('a folder, and a file in a folder that is not there, cannot', async () => {
  await expect(proveWritable(folder)).rejects.toThrow(/is a folder/)
  await expect(proveWritable(join(folder, 'none', 'report.json'))).rejects.toThrow(/ENOENT/)
})
