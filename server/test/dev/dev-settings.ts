import type { Settings } from '../../src/config/settings.ts'

/** Below the range that systems hand out by themselves, so nothing takes them between two tests. */
const FIRST_PORT = 21_400

/** Each worker has ports of its own. */
const PORTS_PER_WORKER = 10

/** Settings of a development start that disturbs nobody. */
export function makeDevSettings(dataDir: string): Settings {
  const base = FIRST_PORT + PORTS_PER_WORKER * Number(process.env.VITEST_POOL_ID ?? 0)
  return {
    mode: 'dev',
    issuer: `http://127.0.0.1:${base}`,
    listen: { host: '127.0.0.1', port: base },
    management: { host: '127.0.0.1', port: base + 1 },
    dataDir,
    databaseUrl: undefined,
    databasePoolSize: 5,
    logLevel: 'silent',
    trustedProxies: [],
    encryptionKeys: [],
    cookieKeys: [],
    signingAlgorithm: 'ES256',
    lifetimes: {
      codeSeconds: 60,
      accessTokenSeconds: 600,
      accessTokenElevatedSeconds: 300,
      refreshIdleSeconds: 3600,
      refreshAbsoluteSeconds: 7200,
      refreshGraceSeconds: 60,
      signInSessionSeconds: 3600,
      elevationSessionSeconds: 3600,
      interactionSeconds: 600,
    },
    registration: { mode: 'open' },
    privateUseRedirects: [],
    resources: [],
    clients: [],
    demo: { port: base + 2, downstreamPort: base + 3, password: undefined },
  }
}
