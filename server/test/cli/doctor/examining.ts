import { type Examination, examine } from '../../../src/cli/doctor/examine.ts'
import type { CheckId, Finding } from '../../../src/cli/doctor/finding.ts'
import type { Settings } from '../../../src/config/settings.ts'
import { startTestServer, type TestServer } from '../../setup/authorization-server.ts'
import { GOOD_PROXY, type ProxyHabits, startTlsProxy } from './tls-proxy.ts'

export const ISSUER = 'https://auth.example'

export interface Scene {
  readonly server: TestServer
  /** Examines it; the findings by check, and all of them. */
  look(change?: Partial<Examination>, settings?: Partial<Settings>): Promise<Look>
  close(): Promise<void>
}

export interface Look {
  readonly all: readonly Finding[]
  of(id: CheckId): readonly Finding[]
}

/** A server in production behind a proxy, and somebody who looks at it. */
export async function setScene(options: { habits?: ProxyHabits; settings?: Partial<Settings> } = {}): Promise<Scene> {
  const server = await startTestServer({
    settings: { mode: 'serve', issuer: ISSUER, trustedProxies: ['127.0.0.0/8'], ...options.settings },
  })
  const proxy = await startTlsProxy(server.origin, options.habits ?? GOOD_PROXY)
  return {
    server,
    async look(change = {}, settings = {}) {
      const all = await examine({
        settings: { ...server.settings, ...settings },
        settingsWarnings: 0,
        databaseUrl: server.databaseUrl,
        openEgress: proxy.openEgress,
        now: Date.now,
        announce: () => undefined,
        ...change,
      })
      return { all, of: (id) => all.filter((finding) => finding.id === id) }
    },
    async close() {
      await proxy.close()
      await server.close()
    },
  }
}
