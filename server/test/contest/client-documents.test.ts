import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CALLBACK, documentOf, startWorld, type World } from '../client-documents/world.ts'
import { approve, authorization, redeem, refresh } from '../setup/flow.ts'
import { query } from '../setup/state.ts'
import { tallyContest } from '../setup/tally.ts'
import { CONTENDERS, CONTEST_TIMEOUT_MS, ROUNDS } from './rounds.ts'
import { contend, type ServerProcess, startServerProcess } from './server-processes.ts'

let world: World
let processes: ServerProcess[]
beforeAll(async () => {
  world = await startWorld()
  processes = await Promise.all([startServerProcess(world.server), startServerProcess(world.server)])
})
afterAll(async () => {
  await Promise.all(processes.map((each) => each.stop()))
  await world.close()
})

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

describe('a client that is a document', () => {
  it.each(['client-removed', 'client-document-gone'] as const)(
    'gets nothing after it was forgotten (%s) while both processes refresh (I3)',
    async (reason) => {
      const tally = tallyContest(`refresh against ${reason}`)
      for (let round = 1; round <= Math.ceil(ROUNDS / 4); round += 1) {
        const url = `https://client.example/contest/${reason}-${round}.json`
        world.host.serve(url, documentOf(url))
        const request = authorization(world.server, url, { redirect_uri: CALLBACK })
        const { code } = await approve(world.server, request)
        const { body } = await redeem(world.server, request, code, { redirect_uri: CALLBACK })
        let acknowledgedAt = Number.POSITIVE_INFINITY
        const ended = pause(round % 10).then(async () => {
          expect(await world.server.store.clientDocuments.end(url, reason)).toBe('ended')
          acknowledgedAt = performance.now()
        })
        const answers = await contend(
          processes.map((each) => each.server),
          CONTENDERS,
          async (each, index) => {
            await pause(index)
            const sentAt = performance.now()
            const { status } = await refresh(each, url, String(body.refresh_token))
            return { sentAt, status }
          },
        )
        await ended
        tally.add(answers.map(({ status }) => String(status)))
        expect(answers.filter(({ sentAt, status }) => sentAt > acknowledgedAt && status === 200)).toEqual([])
        expect(answers.filter(({ status }) => ![200, 400, 401].includes(status))).toEqual([])
        const [live] = await query(
          world.server,
          'SELECT count(*)::int AS live FROM grants WHERE client_id = $1 AND revoked_at IS NULL',
          [url],
        )
        expect(live, `round ${round}`).toEqual({ live: 0 })
      }
    },
    CONTEST_TIMEOUT_MS,
  )

  it('keeps what the later look found, whichever is written last', async () => {
    const url = 'https://client.example/contest/order.json'
    const { clientDocuments } = world.server.store
    const found = (name: string, askedAt: string) => ({
      url,
      version: { digest: name, metadata: { client_name: name } },
      etag: undefined,
      freshSeconds: 60,
      askedAt,
    })
    const { askedAt: earlier } = await clientDocuments.look(url)
    const { askedAt: later } = await clientDocuments.look(url)
    await clientDocuments.keep(found('later', later))
    await clientDocuments.keep(found('earlier', earlier))
    await clientDocuments.noteFailure({ url, askedAt: earlier })
    await clientDocuments.end(url, 'client-document-gone', earlier)
    const { known } = await clientDocuments.look(url)
    expect(known).toMatchObject({ current: { digest: 'later' }, failingSeconds: undefined })
  })
})
