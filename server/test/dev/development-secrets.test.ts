import { readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { secret } from '../../src/config/secret.ts'
import { withDevelopmentSecrets } from '../../src/dev/development-secrets.ts'
import { explainListenError, refuseTakenPorts } from '../../src/dev/ports.ts'
import { makeDevSettings } from './dev-settings.ts'
import { makeOpenFolder } from './open-folder.ts'

describe('development secrets', () => {
  it('are made once, kept for the next start, and readable by their user alone', async () => {
    const settings = makeDevSettings(join(await makeOpenFolder(), 'data'))
    const [first, second] = await Promise.all([withDevelopmentSecrets(settings), withDevelopmentSecrets(settings)])
    const key = first.encryptionKeys[0]?.reveal() ?? ''
    expect(Buffer.from(key, 'base64')).toHaveLength(32)
    expect(second.encryptionKeys[0]?.reveal()).toBe(key)
    expect(second.cookieKeys[0]?.reveal()).toBe(first.cookieKeys[0]?.reveal())
    expect(second.demo.password.reveal()).toBe(first.demo.password.reveal())
    expect((await stat(join(settings.dataDir, 'secrets.json'))).mode & 0o777).toBe(0o600)
  })

  it('give way to those of the settings', async () => {
    const own = { encryptionKeys: [secret('own key')], demo: { port: 1, downstreamPort: 2, password: secret('own') } }
    const settings = { ...makeDevSettings(await makeOpenFolder()), ...own }
    const filled = await withDevelopmentSecrets(settings)
    expect(filled.encryptionKeys.map((key) => key.reveal())).toEqual(['own key'])
    expect(filled.demo.password.reveal()).toBe('own')
    expect(filled.cookieKeys).toHaveLength(1)
  })

  it('are never replaced when their file cannot be understood', async () => {
    const settings = makeDevSettings(await makeOpenFolder())
    const file = join(settings.dataDir, 'secrets.json')
    await writeFile(file, '{"encryptionKeys":[]}')
    await expect(withDevelopmentSecrets(settings)).rejects.toThrow(file)
    expect(await readFile(file, 'utf8')).toBe('{"encryptionKeys":[]}')
  })
})

describe('the ports of a development start', () => {
  it.each([
    { taken: 'listen', setting: 'SALLYPORT_PORT' },
    { taken: 'management', setting: 'SALLYPORT_MANAGEMENT_PORT' },
    { taken: 'demo', setting: 'SALLYPORT_DEMO_PORT' },
  ] as const)('are refused when another program has one: $setting is named', async ({ taken, setting }) => {
    const settings = makeDevSettings('/nowhere')
    const port = settings[taken].port
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve))
    onTestFinished(() => void other.close())
    const sentence = new RegExp(`Port ${port} .*${setting}`)
    await expect(refuseTakenPorts(settings)).rejects.toThrow(sentence)
    const lost = Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE', port })
    expect(explainListenError(lost, settings)?.message).toMatch(sentence)
  })

  it('are refused when two settings name the same', async () => {
    const settings = makeDevSettings('/nowhere')
    const same = { ...settings, demo: { ...settings.demo, port: settings.listen.port } }
    await expect(refuseTakenPorts(same)).rejects.toThrow(/SALLYPORT_PORT and SALLYPORT_DEMO_PORT both say/)
  })

  it('are all free otherwise', async () => {
    await expect(refuseTakenPorts(makeDevSettings('/nowhere'))).resolves.toBeUndefined()
    expect(explainListenError(new Error('something else'), makeDevSettings('/nowhere'))).toBeUndefined()
  })
})
