import { describe, expect, it } from 'vitest'
import { SOUND_SERVERS } from '../../fixtures/sound/all.ts'
import { createHostileIssuer } from '../../src/issuer/create-hostile-issuer.ts'
import { runKept } from '../setup/kept-console.ts'

describe.each(SOUND_SERVERS)('the doctor at the sound server $name', ({ start }) => {
  it.each([{ scope: 'notes:read' }, { scope: undefined }])(
    'finds nothing in the way, with the scope $scope',
    async ({ scope }) => {
      const issuer = await createHostileIssuer()
      const server = await start({ issuer: issuer.issuer, port: 0 })
      try {
        const token = scope === undefined ? [] : ['--token', await issuer.mint(server.url, { claims: { scope } })]
        const { out, exitCode } = await runKept(['doctor', server.url, '--rate', '500', ...token])
        expect(out.filter((line) => line.startsWith('stop'))).toEqual([])
        expect(out.at(-1)).toMatch(/^Nothing in the way/)
        expect(exitCode).toBe(0)
      } finally {
        await server.close()
        await issuer.close()
      }
    },
  )
})
