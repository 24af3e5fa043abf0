import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { findFreePort } from '../../src/start/free-port.ts'

const BIN = fileURLToPath(new URL('../../bin/sallyport-examine.js', import.meta.url))
const PROGRAM = fileURLToPath(new URL('../setup/startable-server.ts', import.meta.url))

it('an interrupted run takes the server it started with it', async () => {
  const port = await findFreePort()
  const url = `http://127.0.0.1:${port}/mcp`
  const start = ['--start', `"${process.execPath}" "${PROGRAM}"`, '--env', `PORT=${port}`, '--env', 'CHILD=1']
  const args = ['--conditions=@sallyport/source', BIN, 'server', url, ...start, '--rate', '1']
  const examiner = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  const progress = once(examiner.stderr, 'data')
  await progress
  await expect.poll(() => answers(url), { timeout: 60_000 }).toBe(true)
  examiner.kill('SIGINT')
  const [exitCode] = await once(examiner, 'exit')
  expect(exitCode).toBe(130)
  await expect.poll(() => answers(url), { timeout: 10_000 }).toBe(false)
})

it('an interrupted run takes the client it runs with it', async () => {
  const port = await findFreePort()
  const command = ['--env', `PORT=${port}`, '--timeout', '600', '--', process.execPath, PROGRAM]
  const args = ['--conditions=@sallyport/source', BIN, 'client', ...command]
  const examiner = spawn(process.execPath, args, { stdio: 'ignore' })
  const url = `http://127.0.0.1:${port}/mcp`
  await expect.poll(() => answers(url), { timeout: 60_000 }).toBe(true)
  examiner.kill('SIGINT')
  const [exitCode] = await once(examiner, 'exit')
  expect(exitCode).toBe(130)
  await expect.poll(() => answers(url), { timeout: 10_000 }).toBe(false)
})

async function answers(url: string): Promise<boolean> {
  try {
    await fetch(url)
    return true
  } catch {
    return false
  }
}
