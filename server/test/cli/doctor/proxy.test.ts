import type { IncomingHttpHeaders } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { secret } from '../../../src/config/secret.ts'
import { createProbes } from '../../../src/keys/probes.ts'
import { createSealer } from '../../../src/keys/sealing.ts'
import { randomKey } from '../../config/loading.ts'
import { type Scene, setScene } from './examining.ts'
import { GOOD_PROXY, type ProxyHabits } from './tls-proxy.ts'

let scene: Scene | undefined
afterEach(async () => {
  await scene?.close()
  scene = undefined
})

/** The headers as a good proxy makes them. */
function appended(headers: IncomingHttpHeaders, caller: string): IncomingHttpHeaders {
  const made = { ...headers }
  GOOD_PROXY.request?.(made, caller)
  return made
}

const HABITS: readonly {
  readonly what: string
  readonly habits: ProxyHabits
  readonly trustedProxies?: readonly string[]
  readonly verdict: string
  readonly detail: RegExp
}[] = [
  { what: 'extends', habits: GOOD_PROXY, verdict: 'ok', detail: /says who calls \(198\.51\.100\.7\)/ },
  {
    what: 'replaces',
    habits: {
      request: (headers, caller) => Object.assign(headers, { 'x-forwarded-for': caller, 'x-forwarded-proto': 'https' }),
    },
    verdict: 'ok',
    detail: /says who calls \(198\.51\.100\.7\)/,
  },
  { what: 'passes on', habits: {}, verdict: 'fail', detail: /can pass for any address/ },
  {
    what: 'passes on, and nobody trusts it,',
    habits: {},
    trustedProxies: [],
    verdict: 'ok',
    detail: /no proxy says who calls/,
  },
  {
    what: 'extends, and nobody trusts it,',
    habits: GOOD_PROXY,
    trustedProxies: ['10.0.0.0/8'],
    verdict: 'warn',
    detail: /127\.0\.0\.1 sends X-Forwarded-For and is not among trustedProxies/,
  },
  {
    what: 'takes off',
    habits: {
      request(headers) {
        delete headers['x-forwarded-for']
        delete headers['x-forwarded-proto']
      },
    },
    verdict: 'warn',
    detail: /among trustedProxies and does not say who calls/,
  },
  {
    what: 'passes on the scheme but extends',
    habits: {
      request: (headers, caller) =>
        Object.assign(headers, { 'x-forwarded-for': `${headers['x-forwarded-for'] ?? ''}, ${caller}` }),
    },
    verdict: 'warn',
    detail: /what callers write into X-Forwarded-Proto/,
  },
  {
    what: 'says http of what came by https, and extends',
    habits: {
      request: (headers, caller) =>
        Object.assign(headers, { ...appended(headers, caller), 'x-forwarded-proto': 'http' }),
    },
    verdict: 'warn',
    detail: /says that this request came by plain http/,
  },
  {
    what: 'takes off what it does not know, and extends',
    habits: {
      request: (headers, caller) => Object.assign(headers, { ...appended(headers, caller), 'x-sallyport-probe': '' }),
    },
    verdict: 'warn',
    detail: /could not be found out/,
  },
  {
    what: 'takes off what it does not know on the way back, and extends',
    habits: { ...GOOD_PROXY, answer: (headers) => void delete headers['x-sallyport-seen'] },
    verdict: 'warn',
    detail: /could not be found out/,
  },
]

describe('a proxy in front', () => {
  it.each(HABITS)(
    'that $what forwarded headers is $verdict [A41]',
    async ({ habits, trustedProxies, verdict, detail }) => {
      scene = await setScene({ habits, ...(trustedProxies === undefined ? {} : { settings: { trustedProxies } }) })
      const findings = (await scene.look()).of('proxy-headers')
      expect(findings).toEqual([expect.objectContaining({ verdict, detail: expect.stringMatching(detail) })])
    },
  )
})

describe('the question what arrived', () => {
  const ask = async (probe: string) => {
    const url = `${scene?.server.origin}/.well-known/oauth-authorization-server`
    return (await fetch(url, { headers: { 'X-Sallyport-Probe': probe } })).headers.get('x-sallyport-seen')
  }

  it('is answered to holders of an encryption key, for a minute, and to nobody else', async () => {
    scene = await setScene()
    const now = Math.floor(Date.now() / 1000)
    const probes = createProbes(createSealer(scene.server.settings.encryptionKeys))
    const strangers = createProbes(createSealer([secret(randomKey())]))
    const [, mac = ''] = probes.make(now).split('.')
    expect(await ask(probes.make(now))).not.toBeNull()
    expect(await ask(probes.make(now - 50))).not.toBeNull()
    for (const probe of [
      probes.make(now - 90),
      probes.make(now + 90),
      strangers.make(now),
      `${now + 1}.${mac}`,
      `${now}.`,
      `0${now}.${mac}`,
      `NaN.${mac}`,
      '',
      '.',
      'x'.repeat(4_000),
    ]) {
      expect(await ask(probe)).toBeNull()
    }
  })

  it('does not use up the one line that tells the operator of a proxy that is not trusted', async () => {
    scene = await setScene({ habits: {}, settings: { trustedProxies: [] } })
    const told = () => scene?.server.logged.filter(({ message }) => message.startsWith('X-Forwarded-For is not read'))
    await scene.look()
    expect(told()).toHaveLength(0)
    await fetch(scene.server.origin, { headers: { 'X-Forwarded-For': '198.51.100.7' } })
    expect(told()).toHaveLength(1)
  })

  it('is answered by a server whose newest key is another, as during a change of keys', async () => {
    scene = await setScene()
    const { encryptionKeys } = scene.server.settings
    const newer = createProbes(createSealer([...encryptionKeys, secret(randomKey())]))
    expect(await ask(newer.make(Math.floor(Date.now() / 1000)))).not.toBeNull()
  })
})
