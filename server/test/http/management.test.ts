import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createManagementServer, type ReadinessCheck } from '../../src/http/management.ts'

const state = { database: true }
const CHECKS: readonly ReadinessCheck[] = [
  { name: 'database', check: async () => state.database },
  { name: 'demo', check: async () => true },
]

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const expose = async () => ({ contentType: 'text/plain', text: 'counted 1\n' })

const server = createManagementServer(CHECKS, expose)
let origin = ''
beforeAll(async () => {
  origin = await listen(server)
})
afterAll(() => new Promise((resolve) => server.close(resolve)))

describe('the management port', () => {
  it('says that the process lives, whatever it needs is doing', async () => {
    state.database = false
    const response = await fetch(`${origin}/livez`)
    expect({ status: response.status, body: await response.json() }).toEqual({ status: 200, body: { live: true } })
    expect(response.headers.get('cache-control')).toBe('no-store')
    state.database = true
  })

  it('is ready when everything answers', async () => {
    const response = await fetch(`${origin}/readyz?verbose`)
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ ready: true, checks: { database: true, demo: true } })
  })

  it('is not ready when one thing does not, and names it', async () => {
    state.database = false
    const response = await fetch(`${origin}/readyz`)
    expect(response.status).toBe(503)
    expect(await response.json()).toEqual({ ready: false, checks: { database: false, demo: true } })
    state.database = true
  })

  it.each([
    { fault: 'throws', check: () => Promise.reject(new Error('postgres://user:hush@host/db')) },
    {
      fault: 'throws at once',
      check: (): Promise<boolean> => {
        throw new Error('hush')
      },
    },
    { fault: 'never answers', check: () => new Promise<boolean>(() => {}) },
  ])('is not ready when a check $fault, and shows nothing of why', async ({ check }) => {
    const failing = createManagementServer([{ name: 'database', check }], expose)
    const response = await fetch(`${await listen(failing)}/readyz`)
    expect(response.status).toBe(503)
    expect(await response.text()).not.toContain('hush')
    await new Promise((resolve) => failing.close(resolve))
  })

  it('tells what was counted, in its own media type, and to be asked again each time', async () => {
    const response = await fetch(`${origin}/metrics`)
    expect({ status: response.status, body: await response.text() }).toEqual({ status: 200, body: 'counted 1\n' })
    expect(response.headers.get('content-type')).toBe('text/plain')
    expect(response.headers.get('cache-control')).toBe('no-store')
  })

  it('goes on when the metrics cannot be told, and shows nothing of why', async () => {
    const failing = createManagementServer(CHECKS, () => Promise.reject(new Error('hush')))
    const at = await listen(failing)
    const response = await fetch(`${at}/metrics`)
    expect({ status: response.status, text: await response.text() }).toEqual({
      status: 500,
      text: '{"error":"the metrics cannot be told"}\n',
    })
    expect((await fetch(`${at}/livez`)).status).toBe(200)
    await new Promise((resolve) => failing.close(resolve))
  })

  it.each([
    { method: 'POST', path: '/metrics', status: 405 },
    { method: 'POST', path: '/readyz', status: 405 },
    { method: 'GET', path: '/', status: 404 },
    { method: 'GET', path: '/token', status: 404 },
    { method: 'HEAD', path: '/livez', status: 200 },
    { method: 'HEAD', path: '/readyz', status: 200 },
  ])('answers $method $path with $status', async ({ method, path, status }) => {
    const response = await fetch(origin + path, { method })
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toBe('application/json')
  })
})
