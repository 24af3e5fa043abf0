import { describe, expect, it, vi } from 'vitest'

describe('a whole flow', () => {
  it('leaves the engine nothing to warn of: no default of its own, no body read before it, no old runtime', async () => {
    const said: unknown[] = []
    const methods = ['log', 'info', 'warn', 'error', 'debug'] as const
    const spies = methods.map((method) =>
      vi.spyOn(console, method).mockImplementation((...words) => {
        said.push(...words)
      }),
    )
    const warnings: Error[] = []
    const hear = (warning: Error): number => warnings.push(warning)
    process.on('warning', hear)
    // Imported only now, because the engine looks at the runtime when it is loaded.
    const { startTestServer } = await import('../setup/authorization-server.ts')
    const flow = await import('../setup/flow.ts')
    const server = await startTestServer()
    const { tokens, clientId } = await flow.signInAndRedeem(server)
    const refreshed = await flow.refresh(server, clientId, String(tokens.body.refresh_token))
    const refused = await flow.refresh(server, clientId, 'unknown')
    await fetch(`${server.issuer}/.well-known/openid-configuration`)
    await fetch(`${server.issuer}/.well-known/jwks.json`)
    await fetch(flow.authorization(server, clientId, { prompt: 'none' }).url, { redirect: 'manual' })
    await fetch(flow.authorization(server, 'nobody').url)
    await server.close()
    await new Promise((resolve) => setImmediate(resolve))
    process.off('warning', hear)
    for (const spy of spies) spy.mockRestore()
    expect([tokens.status, refreshed.status, refused.status]).toEqual([200, 200, 400])
    expect(said).toEqual([])
    expect(warnings).toEqual([])
  })
})
