import { afterEach, describe, expect, it } from 'vitest'
import { createKeyChangeChecks, unknownKeyIds } from '../../src/server/tokens/key-lookups.ts'
import { createOutageChecks } from '../../src/server/tokens/outage.ts'
import { type Json, signedBy } from './rules.ts'
import { type Bench, type Judge, jwtServer, startBench } from './tiny-server.ts'

const benches: Bench[] = []
afterEach(() => Promise.all(benches.splice(0).map((bench) => bench.close())))

async function bench(judge: Judge): Promise<Bench> {
  const made = await startBench(judge)
  benches.push(made)
  return made
}

const noWait = async (): Promise<void> => {}
const [outageIsNoRefusal, outageOpensNothing] = createOutageChecks(noWait)

/** A server that turns every answer but acceptance into the given one. */
function answering(status: number, judge: Judge = jwtServer()): Judge {
  return async (token, trust) => ((await judge(token, trust)) === 200 ? 200 : token === undefined ? 401 : status)
}

describe('RS-TOK-07: lookups of keys', () => {
  it('are few at a server that pauses between them', async () => {
    expect(await unknownKeyIds.run((await bench(jwtServer())).subject)).toMatchObject({ kind: 'sound' })
  })

  it('are told when each unknown key id costs one', async () => {
    const { subject } = await bench(jwtServer({}, { cooldown: false }))
    expect(await unknownKeyIds.run(subject)).toMatchObject({ kind: 'faulty', detail: expect.stringContaining('12') })
  })

  it('find a key that was just published, after waiting for the pause to end', async () => {
    let waited = 0
    const [check] = createKeyChangeChecks(async (seconds) => {
      waited += seconds
    })
    expect(await check?.run((await bench(jwtServer())).subject)).toMatchObject({ kind: 'sound' })
    let keys = jwtServer()
    const patient: Judge = async (token, trust) => {
      if (waited >= 40) keys = jwtServer()
      return keys(token, trust)
    }
    const { subject } = await bench(patient)
    await unknownKeyIds.run(subject)
    expect(await check?.run(subject)).toEqual({ kind: 'sound', detail: 'it took the new key after 40 s' })
  })

  it('are missed at a server that never looks again', async () => {
    const { subject } = await bench(jwtServer())
    await unknownKeyIds.run(subject)
    const [check] = createKeyChangeChecks(noWait)
    expect(await check?.run(subject)).toMatchObject({ kind: 'doubtful' })
  })
})

describe('RS-TOK-07: a key that was withdrawn', () => {
  const [, check] = createKeyChangeChecks(noWait)
  const replacing = (): Judge => jwtServer({}, { cooldown: false })

  it('is dead at a server that replaces the set', async () => {
    expect(await check?.run((await bench(replacing())).subject)).toMatchObject({ kind: 'sound' })
  })

  it('is told when a server remembers every key it ever saw', async () => {
    const seen = new Map<unknown, Json>()
    const remembers: Judge = jwtServer(
      {
        signature: (each, { keys }) => {
          for (const key of keys) seen.set(key.kid, key)
          const key = seen.get(each.header.kid)
          return key !== undefined && signedBy(each, key)
        },
      },
      { cooldown: false },
    )
    expect(await check?.run((await bench(remembers)).subject)).toMatchObject({ kind: 'faulty' })
  })

  it('cannot be told from a live one at a server that never looks again', async () => {
    const { subject } = await bench(jwtServer())
    expect(await check?.run(subject)).toMatchObject({ kind: 'incomplete' })
  })
})

describe('RS-401-09: an outage of the issuer', () => {
  it('is answered by 503 from a sound server, and ends when the check does', async () => {
    const { subject, issuer } = await bench(jwtServer())
    expect(await outageIsNoRefusal?.run(subject)).toMatchObject({
      kind: 'sound',
      detail: expect.stringContaining('503'),
    })
    expect((await fetch(issuer.jwksUri)).status).toBe(200)
  })

  it('is told when it is answered by 401', async () => {
    const { subject } = await bench(answering(401))
    expect(await outageIsNoRefusal?.run(subject)).toMatchObject({ kind: 'faulty' })
  })

  it('opens nothing at a sound server', async () => {
    expect(await outageOpensNothing?.run((await bench(jwtServer())).subject)).toMatchObject({ kind: 'sound' })
  })

  it('is told when it opens the door (RS-TOK-03)', async () => {
    const { subject } = await bench(answering(200))
    expect(await outageOpensNothing?.run(subject)).toMatchObject({ kind: 'faulty' })
  })

  it('cannot be seen at a server that never asks, which is incomplete', async () => {
    const { subject } = await bench(jwtServer())
    await unknownKeyIds.run(subject)
    expect(await outageIsNoRefusal?.run(subject)).toMatchObject({ kind: 'incomplete' })
  })

  it('is nobody’s to make in profile live', async () => {
    const { subject } = await bench(jwtServer())
    expect(await outageIsNoRefusal?.run({ ...subject, issuer: undefined })).toMatchObject({ kind: 'not-applicable' })
  })
})
