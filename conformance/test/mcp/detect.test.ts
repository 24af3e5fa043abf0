import { afterEach, describe, expect, it } from 'vitest'
import { detectRevision } from '../../src/mcp/detect.ts'
import { type SmallServer, type SmallServerOptions, startSmallServer } from '../setup/small-server.ts'
import { openTestWire } from '../setup/test-wire.ts'

describe('the revision a server speaks', () => {
  let server: SmallServer | undefined
  afterEach(() => server?.close())

  async function detect(options: SmallServerOptions): Promise<unknown> {
    server = await startSmallServer(options)
    const { wire, close } = openTestWire()
    const detected = await detectRevision(wire, server.url, undefined)
    await close()
    return detected
  }

  it('is the newest where server/discover names it', async () => {
    expect(await detect({ open: true })).toEqual({ kind: 'speaks', revision: '2026-07-28' })
  })

  it.each(['2025-03-26', '2025-06-18', '2025-11-25'])('is what initialize agrees on: %s', async (revision) => {
    const detected = await detect({ open: true, transport: 'sessions', revision })
    expect(detected).toEqual({ kind: 'speaks', revision })
  })

  it('is not known of a server that answers nobody', async () => {
    expect(await detect({})).toMatchObject({ kind: 'refused', answer: { status: 401 } })
  })

  it('is not known of a server that agrees on a revision nobody knows', async () => {
    const detected = await detect({ open: true, transport: 'sessions', revision: '2024-11-05' })
    expect(detected).toMatchObject({ kind: 'unknown' })
  })
})
