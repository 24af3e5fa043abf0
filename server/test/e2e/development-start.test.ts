import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { type DevProcess, startDevProcess } from '../dev/dev-process.ts'
import { devEnvironment } from '../dev/dev-settings.ts'
import { makeSuiteFolder } from '../dev/open-folder.ts'
import { approve } from '../setup/flow.ts'
import { callTool, createSdk2Application, type Sdk2Application } from './sdk2-application.ts'

// Two starts of everything; on two busy cores they were seen to take eighty seconds.
const TIMEOUT_MS = 240_000

describe('the downstream API of sallyport dev', async () => {
  const folder = await makeSuiteFolder()
  const environment = devEnvironment(folder)
  const issuer = `http://127.0.0.1:${environment.SALLYPORT_PORT}`
  const resource = `http://127.0.0.1:${environment.SALLYPORT_DEMO_PORT}/mcp`
  const downstream = `http://127.0.0.1:${environment.SALLYPORT_DOWNSTREAM_PORT}`

  const start = async (): Promise<DevProcess> => {
    const dev = startDevProcess(environment)
    await dev.ready()
    return dev
  }
  const signIn = async (application: Sdk2Application, dev: DevProcess): Promise<void> => {
    await application.connect().catch(() => undefined)
    const password = stripVTControlCharacters(dev.stdout()).match(/password (\S+)/)?.[1] ?? ''
    const url = application.memory.sentTo?.href ?? ''
    const { params } = await approve({ origin: issuer, issuer }, { url }, { password })
    await application.comeBack(params)
  }
  const read = async (application: Sdk2Application): Promise<Record<string, unknown>> => {
    const client = await application.connect()
    const text = await callTool(client, 'downstream_read')
    await client.close()
    return JSON.parse(text)
  }

  it('is reached by exchange, after a restart too, with the same client and key', { timeout: TIMEOUT_MS }, async () => {
    const application = createSdk2Application(resource)
    const first = await start()
    await signIn(application, first)
    const seen = await read(application)
    expect(seen).toMatchObject({ aud: downstream, act: { sub: 'resource-sallyport-demo' }, scopes: ['mcp:issue:read'] })
    expect(first.stderr()).toContain(String(seen.token_sha256))
    const key = await readFile(join(folder, 'demo-client-key.json'), 'utf8')
    first.signal('SIGINT')
    expect(await first.ended()).toBe(0)

    const second = await start()
    expect(await read(application)).toMatchObject({ aud: downstream, sub: seen.sub })
    expect(await readFile(join(folder, 'demo-client-key.json'), 'utf8')).toBe(key)
    second.signal('SIGINT')
    expect(await second.ended()).toBe(0)
  })
})
