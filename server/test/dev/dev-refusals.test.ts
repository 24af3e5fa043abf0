import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { processesOf, startDevProcess } from './dev-process.ts'
import { devEnvironment } from './dev-settings.ts'
import { makeSuiteFolder } from './open-folder.ts'

describe('sallyport dev, when something is in the way', async () => {
  const folder = await makeSuiteFolder()
  const environment = devEnvironment(folder)

  it('ends when it is told to while it is still creating its database, and leaves nothing behind', async () => {
    const dev = startDevProcess(environment)
    await expect.poll(() => dev.stderr(), { timeout: 20_000 }).toContain('creating a PostgreSQL cluster')
    dev.signal('SIGTERM')
    expect(await dev.ended()).toBe(0)
    expect(dev.stdout()).toBe('')
    expect(await processesOf(folder)).toEqual([])
  })

  it.each(['SALLYPORT_PORT', 'SALLYPORT_DEMO_PORT', 'SALLYPORT_DOWNSTREAM_PORT', 'SALLYPORT_MANAGEMENT_PORT'])(
    'names the port and the setting when %s is taken, and leaves nothing behind',
    async (setting) => {
      const other = createServer().listen(Number(environment[setting]), '127.0.0.1')
      await once(other, 'listening')
      onTestFinished(() => void other.close())
      const dev = startDevProcess(environment)
      expect(await dev.ended()).not.toBe(0)
      expect(dev.stderr()).toMatch(new RegExp(`Port ${environment[setting]} .*${setting}.*SALLYPORT_E_PORT_IN_USE`))
      expect(dev.stderr()).not.toMatch(/\n\s+at /)
      expect(await processesOf(folder)).toEqual([])
    },
  )

  it('says which process runs on its data folder already, on the same ports or on others', async () => {
    const first = startDevProcess(environment)
    await first.ready()
    const samePorts = startDevProcess(environment)
    expect(await samePorts.ended()).not.toBe(0)
    expect(samePorts.stderr()).toContain(`process ${first.pid} `)

    const moved = Object.entries(environment).map(([name, value]) => [name, value.replace(/^2\d{4}$/, moveBy5)])
    const otherPorts = startDevProcess(Object.fromEntries(moved))
    expect(await otherPorts.ended()).not.toBe(0)
    expect(otherPorts.stderr()).toMatch(new RegExp(`in use by process ${first.pid} .*SALLYPORT_E_POSTGRES_HELD`))
  })

  it('takes over the database of a start that was killed', async () => {
    const killed = startDevProcess(environment)
    await killed.ready()
    killed.signal('SIGKILL')
    await killed.ended()
    const heir = startDevProcess(environment)
    await heir.ready()
    expect(heir.stderr()).toContain('taking over the PostgreSQL')
    heir.signal('SIGTERM')
    expect(await heir.ended()).toBe(0)
    expect(await processesOf(folder)).toEqual([])
  })

  it('does not wait for ever for a client that keeps a connection open and says nothing', async () => {
    const dev = startDevProcess(environment)
    await dev.ready()
    const silent = connect(Number(environment.SALLYPORT_PORT), '127.0.0.1')
    silent.on('error', () => {})
    onTestFinished(() => void silent.destroy())
    await once(silent, 'connect')
    dev.signal('SIGINT')
    await dev.ended()
    expect(await processesOf(folder)).toEqual([])
  })
})

function moveBy5(port: string): string {
  return String(Number(port) + 5)
}
