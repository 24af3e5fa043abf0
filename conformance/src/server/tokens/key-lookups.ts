import type { Check } from '../../check/check.ts'
import { doubtful, type Finding, faulty, incomplete, notApplicable, sound } from '../../check/finding.ts'
import { readCompact } from '../../issuer/compact.ts'
import type { HostileIssuer } from '../../issuer/hostile-issuer.ts'
import { soundPart } from '../sound-part.ts'
import type { ServerSubject } from '../subject.ts'
import type { Waits } from '../waits.ts'
import { createForger } from './forger.ts'
import { asksForTokens, OPEN_TO_ALL, present, whyNoControl } from './reception.ts'
import { verifierRemedies } from './remedies.ts'

/** Enough that a fetch for each is plain to see, few enough to send to anybody. */
const UNKNOWN_KEY_IDS = 12
/** A server may have looked just before, and may look once more when its pause ends meanwhile. */
const LOOKUPS_AT_MOST = 3
/** The pauses between lookups that are common are half a minute; twice that is waited. Seconds. */
const ROTATION_WAITS_SECONDS = [0, 20, 20, 25]

const NEVER_LOOKED = '65 s after its issuer published a key, a sound token signed with it was still refused'

type Wait = Waits['pause']

const remedies = verifierRemedies(
  'Keep the key set; on an unknown key id fetch it again, and then not for some 30 seconds, whatever comes.',
  {
    sdk1: 'Make `createRemoteJWKSet` of jose once, not for each token: it keeps the keys, looks again for an unknown one, and pauses 30 seconds between lookups.',
    sdk2: 'Make `createRemoteJWKSet` of jose once, not for each token: it keeps the keys, looks again for an unknown one, and pauses 30 seconds between lookups.',
    fastmcp:
      '`JWTVerifier` looks again for every key id that it does not know, without a pause: subclass it, and remember for half a minute in `_get_jwks_key` that one was missing.',
    spring:
      'The decoder looks again for a key id that it does not know; make it on a `JWKSource` of Nimbus with `rateLimited`, so that it pauses.',
    kit: 'It looks again for an unknown key, and pauses 30 seconds between lookups: nothing to do.',
  },
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
export function createKeyChangeChecks(wait: Wait): readonly Check<ServerSubject>[] {
  return [newKey(wait), withdrawnKey(wait)]
}

const newKey = (wait: Wait): Check<ServerSubject> => ({
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
    const missing = await whyNoKeyChange(subject)
    if (missing !== undefined) return missing
    const { waited } = await presentNewKey(subject, wait)
    if (waited === undefined) return doubtful(NEVER_LOOKED)
    return (await asksForTokens(subject)) ? sound(`it took the new key after ${waited} s`) : incomplete(OPEN_TO_ALL)
  },
})

/** That the set was fetched again is shown by a second new key: only then is the first one known to be gone. */
const withdrawnKey = (wait: Wait): Check<ServerSubject> => ({
  id: 'token-withdrawn-key',
  requirement: 'RS-TOK-07',
  title: 'Refuses tokens of a key that was missing when it last fetched the keys',
  risk: 'An issuer withdraws a key because it was stolen. A server that remembers every key it ever saw goes on believing the thief.',
  sends:
    'A sound token under a new key, until it is accepted; then one under a second new key while the first is withdrawn, until that is accepted; then a token under the first.',
  expects: '401 to the last.',
  remedies: verifierRemedies('Replace the whole key set when it is fetched; do not add to what was there.', {
    sdk1: '`createRemoteJWKSet` of jose replaces it whole: keep no keys beside it.',
    sdk2: '`createRemoteJWKSet` of jose replaces it whole: keep no keys beside it.',
    fastmcp: '`JWTVerifier` replaces it whole: nothing to do.',
    spring: 'The decoder replaces it whole: put no cache of single keys in front of it.',
    kit: 'It replaces it whole: nothing to do.',
  }),
  permission: 'slow',
  async run(subject) {
    const missing = await whyNoKeyChange(subject)
    if (missing !== undefined) return missing
    const { issuer } = subject
    const first = await presentNewKey(subject, wait)
    issuer?.withdraw(first.kid)
    const second = await presentNewKey(subject, wait)
    if (first.waited === undefined || second.waited === undefined) return incomplete(NEVER_LOOKED)
    const { reception, status } = await present(subject, first.token)
    if (reception === 'refused') return sound('it refused the key that was withdrawn')
    if (reception === 'unclear') return doubtful(`it answered ${status} to a token under a withdrawn key`)
    if (!(await asksForTokens(subject))) return incomplete(OPEN_TO_ALL)
    return faulty('it fetched the keys without the withdrawn one, and took a token under that one all the same')
  },
})

async function whyNoKeyChange(subject: ServerSubject): Promise<Finding | undefined> {
  if (subject.issuer === undefined) return notApplicable('only the issuer of this server can publish a key')
  const missing = await whyNoControl(subject)
  return missing === undefined ? undefined : incomplete(missing)
}

/** Publishes a key and presents a token under it until it is accepted. @returns `waited` undefined when it never was */
async function presentNewKey(
  subject: ServerSubject,
  wait: Wait,
): Promise<{ readonly token: string; readonly kid: string; readonly waited: number | undefined }> {
  const token = (await subject.issuer?.mint(subject.audience, { ...soundPart(subject), signature: 'rotated' })) ?? ''
  const kid = String(readCompact(token)?.header.kid)
  let waited = 0
  for (const seconds of ROTATION_WAITS_SECONDS) {
    await wait(seconds)
    waited += seconds
    if ((await present(subject, token)).reception === 'accepted') return { token, kid, waited }
  }
  return { token, kid, waited: undefined }
}

function lookups({ asked, jwksUri }: HostileIssuer): number {
  return asked.filter(({ url }) => url === jwksUri).length
}
