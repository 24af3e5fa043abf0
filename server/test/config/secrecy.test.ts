import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { formatProblem } from '../../src/config/problem.ts'
import { load, serveEnvironment } from './loading.ts'

const SENTINEL = 'hunter2-must-never-be-seen'

/** Each puts the sentinel where a secret belongs, in a way that is wrong. */
const WRONG: readonly {
  readonly how: string
  readonly disk?: Record<string, string>
  readonly env?: Record<string, string>
}[] = [
  { how: 'a database URL of another kind', env: { DATABASE_URL: `mysql://u:${SENTINEL}@h/d` } },
  { how: 'a database URL that is no URL', env: { DATABASE_URL: SENTINEL } },
  { how: 'short keys', env: { SALLYPORT_ENCRYPTION_KEYS: SENTINEL, SALLYPORT_COOKIE_KEYS: SENTINEL } },
  { how: 'the same key twice', env: { SALLYPORT_COOKIE_KEYS: `${SENTINEL}-and-more,${SENTINEL}-and-more` } },
  {
    how: 'a variable and its twin',
    env: { SALLYPORT_DEMO_PASSWORD: SENTINEL, SALLYPORT_DEMO_PASSWORD_FILE: 'secret' },
    disk: { secret: SENTINEL },
  },
  {
    how: 'a file with the wrong content',
    env: { SALLYPORT_ENCRYPTION_KEYS_FILE: 'secret' },
    disk: { secret: SENTINEL },
  },
  { how: 'an issuer with a password', env: { SALLYPORT_ISSUER: `https://u:${SENTINEL}@a.example` } },
  {
    how: 'a secret of the wrong type',
    disk: { 'sallyport.yaml': `databaseUrl: [${SENTINEL}]\ncookieKeys: ${SENTINEL}\n` },
  },
  { how: 'a secret in broken YAML', disk: { 'sallyport.yaml': `databaseUrl: "${SENTINEL}\n` } },
  { how: 'a secret with a character YAML reserves', disk: { 'sallyport.yaml': `databaseUrl: @${SENTINEL}\n` } },
  { how: 'a secret as an alias', disk: { 'sallyport.yaml': `databaseUrl: *${SENTINEL}\n` } },
  { how: 'a secret with a tag', disk: { 'sallyport.yaml': `databaseUrl: !${SENTINEL} x\n` } },
  {
    how: 'a weak client secret',
    disk: { 'sallyport.yaml': `clients: [{ id: a, name: A, redirectUris: [x], secret: ${SENTINEL} }]` },
  },
]

describe('a secret', () => {
  it.each(WRONG)('is not shown by the problems about $how', ({ disk, env }) => {
    const loaded = load(disk ?? {}, { mode: 'serve', env: env === undefined ? {} : { ...serveEnvironment(), ...env } })
    expect(loaded.ok).toBe(false)
    const shown = [...(loaded.ok ? [] : loaded.problems), ...loaded.warnings]
    expect(shown.map(formatProblem).join('\n')).not.toContain(SENTINEL)
    expect(JSON.stringify(loaded)).not.toContain(SENTINEL)
  })

  it('is not shown by settings that are printed, logged or turned into JSON', () => {
    const env = {
      ...serveEnvironment(),
      DATABASE_URL: `postgres://u:${SENTINEL}@h/d`,
      SALLYPORT_DEMO_PASSWORD: SENTINEL,
    }
    const loaded = load({}, { mode: 'serve', env })
    expect(loaded.ok).toBe(true)
    for (const text of [
      inspect(loaded, { depth: 9 }),
      JSON.stringify(loaded),
      `${loaded.ok && loaded.settings.databaseUrl}`,
    ]) {
      expect(text).toContain('[redacted]')
      expect(text).not.toContain(SENTINEL)
    }
  })
})
