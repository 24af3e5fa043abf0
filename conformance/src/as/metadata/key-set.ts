import type { Check } from '../../check/check.ts'
import { doubtful, faulty, notApplicable, sound } from '../../check/finding.ts'
import { isRecord } from '../../mcp/json-rpc.ts'
import { jsonOf } from '../../wire/message.ts'
import { asking, serverOf } from '../asking.ts'
import type { AuthorizationServerSubject } from '../subject.ts'

/** Members of a key that nobody but its owner may have. */
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']

export const keySet: Check<AuthorizationServerSubject> = {
  id: 'as-key-set',
  requirement: 'AS-DISC-21',
  title: 'The published keys are public keys, each with a name',
  risk: 'Whoever reads a private key makes tokens for everybody.',
  sends: 'GET of `jwks_uri`.',
  expects: 'A key set without private or shared parts; a `kid` on each key.',
  remedies: { general: 'Publish what `exportJWK` gives for the public key, with a `kid`.' },
  run: asking(async (subject) => {
    const { jwks_uri: url } = serverOf(subject).metadata
    if (typeof url !== 'string' || !URL.canParse(url)) return notApplicable('it publishes no keys')
    const answer = await subject.wire.send({ method: 'GET', url, headers: [['accept', 'application/json']] })
    const set = jsonOf(answer)
    const keys = isRecord(set) && Array.isArray(set.keys) ? set.keys.filter(isRecord) : undefined
    if (answer.status !== 200 || keys === undefined) return faulty(`${answer.status} and no key set`)
    const secret = keys.filter((key) => PRIVATE.some((member) => key[member] !== undefined))
    if (secret.length > 0) return faulty(`${secret.length} of ${keys.length} keys have private parts`)
    const nameless = keys.filter(({ kid }) => typeof kid !== 'string')
    return nameless.length === 0 ? sound(`${keys.length} public keys`) : doubtful(`${nameless.length} without a kid`)
  }),
}
