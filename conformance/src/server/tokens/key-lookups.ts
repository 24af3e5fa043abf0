import { setTimeout as sleep } from 'node:timers/promises'
import type { Check } from '../../check/check.ts'
import { doubtful, faulty, incomplete, notApplicable, sound } from '../../check/finding.ts'
import type { HostileIssuer } from '../../issuer/hostile-issuer.ts'
import type { ServerSubject } from '../subject.ts'
import { createForger } from './forger.ts'
import { asksForTokens, OPEN_TO_ALL, present, soundPart, whyNoControl } from './reception.ts'
import { verifierRemedies } from './remedies.ts'

/** Enough that a fetch for each is plain to see, few enough to send to anybody. */
const UNKNOWN_KEY_IDS = 12
/** A server may have looked just before, and may look once more when its pause ends meanwhile. */
const LOOKUPS_AT_MOST = 3
/** The pauses between lookups that are common are half a minute; twice that is waited. Seconds. */
const ROTATION_WAITS_SECONDS = [0, 20, 20, 25]

const remedies = verifierRemedies(
  'Keep the key set; on an unknown key id fetch it again, and then not for some 30 seconds, whatever comes.',
)

/** How often a token of a stranger makes the server ask its issuer. */
export const unknownKeyIds: Check<ServerSubject> = {
  id: 'token-unknown-key-lookups',
  requirement: 'RS-TOK-07',
  title: 'Does not look for new keys each time a token names one that it does not know',
  risk: 'Anybody can make such tokens. If each costs a request to the issuer, a stranger makes the server attack its own issuer, until that one locks it out.',
  sends: `${UNKNOWN_KEY_IDS} tokens in a row, signed by an unknown key, each under another unknown key id.`,
  expects: `A refusal of each, and at most ${LOOKUPS_AT_MOST} requests to the key set of the issuer.`,
  remedies,
  permission: 'stress',
  async run(subject) {
    const { issuer } = subject
    if (issuer === undefined) return notApplicable('what the issuer of this server is asked cannot be seen')
    const missing = await whyNoControl(subject)
    if (missing !== undefined) return incomplete(missing)
    const forger = createForger(subject)
    const before = lookups(issuer)
    for (let each = 1; each <= UNKNOWN_KEY_IDS; each += 1) {
      const token = await forger.forge({ signature: 'stranger', header: { kid: `unknown-${each}` } })
      await present(subject, token)
    }
    const made = lookups(issuer) - before
    const detail = `${UNKNOWN_KEY_IDS} tokens under unknown key ids led to ${made} requests for the key set`
    return made > LOOKUPS_AT_MOST ? faulty(detail) : sound(detail)
  },
}

/** @param wait seconds */
export function createNewKeyCheck(wait: (seconds: number) => Promise<unknown> = pause): Check<ServerSubject> {
  return {
    id: 'token-new-key',
    requirement: 'RS-TOK-07',
    title: 'Takes tokens of a key that its issuer has just published',
    risk: 'Issuers change keys, in an emergency without notice. Until the server looks again, every one of its users is locked out.',
    sends:
      'A sound token signed by a key that was published a moment ago beside the others; if it is refused, again after 20, 40 and 65 seconds.',
    expects: 'Acceptance, at once or at the end of the pause between lookups.',
    remedies,
    permission: 'slow',
    async run(subject) {
      const { issuer, audience } = subject
      if (issuer === undefined) return notApplicable('only the issuer of this server can publish a key')
      const missing = await whyNoControl(subject)
      if (missing !== undefined) return incomplete(missing)
      const token = await issuer.mint(audience, { ...soundPart(subject), signature: 'rotated' })
      let waited = 0
      for (const seconds of ROTATION_WAITS_SECONDS) {
        await wait(seconds)
        waited += seconds
        if ((await present(subject, token)).reception !== 'accepted') continue
        return (await asksForTokens(subject)) ? sound(`it took the new key after ${waited} s`) : incomplete(OPEN_TO_ALL)
      }
      return doubtful(`${waited} s after its issuer published a key, a sound token signed with it was still refused`)
    },
  }
}

function lookups({ asked, jwksUri }: HostileIssuer): number {
  return asked.filter(({ url }) => url === jwksUri).length
}

function pause(seconds: number): Promise<unknown> {
  return sleep(seconds * 1_000)
}
