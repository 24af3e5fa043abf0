import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decideRevocation } from '../../src/provider/revocation.ts'

const clientId = fc.constantFrom('a', 'b', 'c')
const presented = fc.option(fc.record({ grant: fc.record({ id: fc.constant('g'), clientId }), issuedTo: clientId }), {
  nil: undefined,
})

describe('who ends a grant (A114, AS-REV-01)', () => {
  it('is the client that both the token and its grant were issued to, and nobody else', () => {
    fc.assert(
      fc.property(clientId, presented, (asking, found) => {
        const isItsOwn = found !== undefined && found.issuedTo === asking && found.grant.clientId === asking
        expect(decideRevocation(asking, found) === 'end').toBe(isItsOwn)
      }),
    )
  })

  it('hears the same of a token that does not exist and of one that is somebody else’s; only its own is told apart', () => {
    fc.assert(
      fc.property(clientId, presented, (asking, found) => {
        const said = decideRevocation(asking, found)
        if (found === undefined) expect(said).toBe('nothing')
        else if (found.issuedTo !== asking) expect(said).toBe('foreign')
        else expect(['end', 'exchanged']).toContain(said)
      }),
    )
  })
})
