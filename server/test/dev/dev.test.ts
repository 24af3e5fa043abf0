import { once } from 'node:events'
import { request } from 'node:http'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { createBrowser } from '../setup/browser.ts'
import { type DevProcess, processesOf, startDevProcess } from './dev-process.ts'
import { devEnvironment } from './dev-settings.ts'
import { makeSuiteFolder } from './open-folder.ts'
import { openAuthorization, registerClient, submitSignIn } from './sign-in.ts'

describe('sallyport dev', async () => {
  const folder = await makeSuiteFolder()
  const environment = devEnvironment(folder)
  const issuer = `http://127.0.0.1:${environment.SALLYPORT_PORT}`
  const resource = `http://127.0.0.1:${environment.SALLYPORT_DEMO_PORT}/mcp`
  const downstream = `http://127.0.0.1:${environment.SALLYPORT_DOWNSTREAM_PORT}`

  const stop = async (dev: DevProcess) => {
    dev.signal('SIGINT')
    expect(await dev.ended()).toBe(0)
  }

  it('starts everything and says where it is, who can sign in and what to paste', async () => {
    const dev = startDevProcess(environment)
    await dev.ready()
    const text = stripVTControlCharacters(dev.stdout())
    expect(text).toContain(`claude mcp add --transport http sallyport-demo ${resource}`)
    expect(text).toContain(issuer)
    expect(text).toContain(downstream)
    expect((await fetch(downstream)).status).toBe(401)
    expect(await getJson(`${issuer}/.well-known/oauth-authorization-server`)).toMatchObject({ issuer })
    const metadata = await getJson(new URL('/.well-known/oauth-protected-resource/mcp', resource).href)
    expect(metadata).toMatchObject({ resource, authorization_servers: [issuer] })

    const browser = createBrowser()
    const page = await openAuthorization(browser, { issuer, resource, clientId: await registerClient(issuer) })
    const behind = await submitSignIn(browser, page, { login: 'bob', password: passwordIn(text) })
    expect(behind.html).toContain('name="decision"')
    await stop(dev)
  })

  it('keeps users, password, clients, keys and sign-ins over a restart', async () => {
    const first = startDevProcess(environment)
    await first.ready()
    const password = passwordIn(first.stdout())
    const keys = await getJson(`${issuer}/.well-known/jwks.json`)
    const clientId = await registerClient(issuer)
    const browser = createBrowser()
    const page = await openAuthorization(browser, { issuer, resource, clientId })
    await submitSignIn(browser, page, { login: 'alice', password })
    await stop(first)

    const second = startDevProcess(environment)
    await second.ready()
    expect(passwordIn(second.stdout())).toBe(password)
    expect(await getJson(`${issuer}/.well-known/jwks.json`)).toEqual(keys)
    const again = await openAuthorization(browser, { issuer, resource, clientId })
    expect(again.html).not.toContain('name="password"')
    expect(again.html).toContain('name="decision"')
    await stop(second)
  })

  it('ends once and cleanly on the two signals that npm makes of one Ctrl-C', async () => {
    const dev = startDevProcess(environment)
    await dev.ready()
    dev.signal('SIGINT')
    dev.signal('SIGINT')
    expect(await dev.ended()).toBe(0)
    expect(dev.stderr()).not.toMatch(/did not stop/)
    expect(await processesOf(folder)).toEqual([])
    await expect(fetch(issuer)).rejects.toThrow()
  })

  it('answers 400 to a foreign Host on every port that is not for the machine alone', async () => {
    const dev = startDevProcess(environment)
    await dev.ready()
    for (const url of [`${issuer}/.well-known/oauth-authorization-server`, resource, downstream]) {
      const [response] = await once(request(url, { headers: { host: 'evil.example' } }).end(), 'response')
      expect(response.statusCode).toBe(400)
    }
    await stop(dev)
  })
})

async function getJson(url: string): Promise<unknown> {
  const response = await fetch(url)
  expect(response.status).toBe(200)
  return response.json()
}

function passwordIn(summary: string): string {
  return stripVTControlCharacters(summary).match(/password (\S+)/)?.[1] ?? ''
}
