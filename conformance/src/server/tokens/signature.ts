import type { Check } from '../../check/check.ts'
import type { ServerSubject } from '../subject.ts'
import { type ForgeryCheck, forgeryCheck } from './forgery-check.ts'
import { verifierRemedies } from './remedies.ts'

const remedies = verifierRemedies(
  'Verify the signature with a published key of the issuer and an algorithm out of a fixed list of asymmetric ones, by a library, before any claim is read.',
)

function signatureCheck(check: Omit<ForgeryCheck, 'requirement' | 'remedies'>): Check<ServerSubject> {
  return forgeryCheck({ ...check, requirement: 'RS-TOK-03', remedies })
}

/** Whether a server takes tokens that its issuer never signed. */
export const signatureChecks: readonly Check<ServerSubject>[] = [
  signatureCheck({
    id: 'token-unsigned',
    title: 'Refuses a token without a signature',
    risk: 'Anyone who can write JSON can be anyone.',
    sends:
      'A sound token, then the same claims with `alg` `none` and no signature, with `alg` `nOnE`, and a sound token whose signature was taken away.',
    expects: '401 to each.',
    forgeries: () => [
      { name: 'with `alg` `none`', change: { signature: 'none' } },
      { name: 'with `alg` `nOnE`', change: { signature: 'none', header: { alg: 'nOnE' } } },
      { name: 'without its signature', change: { bend: withoutSignature } },
    ],
  }),
  signatureCheck({
    id: 'token-public-key-as-secret',
    title: 'Refuses a token that is signed with the public key as a shared secret',
    risk: 'The public key is public. A verifier that lets the token choose between asymmetric and symmetric algorithms takes tokens from anyone who can read the key set.',
    sends:
      'A sound token, then the same claims under HS256 keyed with the public key: as PEM, and as the text of its JWK.',
    expects: '401 to both.',
    forgeries: () => [
      { name: 'under HS256 keyed with the public key as PEM', change: { signature: 'public-key-as-secret' } },
      { name: 'under HS256 keyed with the public JWK', change: { signature: 'public-jwk-as-secret' } },
    ],
  }),
  signatureCheck({
    id: 'token-stranger-key',
    title: 'Refuses a token that is signed with a key which its issuer never published',
    risk: 'A signature that is not compared with a key of the issuer is decoration.',
    sends:
      'A sound token, then the same claims signed by an unknown key: under the key id of the issuer, under an unknown one, and under none.',
    expects: '401 to each.',
    forgeries: ({ kid }) => [
      { name: 'of an unknown key under the key id of the issuer', change: { signature: 'stranger', header: { kid } } },
      { name: 'of an unknown key under its own key id', change: { signature: 'stranger' } },
      { name: 'of an unknown key under no key id', change: { signature: 'stranger', header: { kid: undefined } } },
    ],
  }),
  signatureCheck({
    id: 'token-wrong-curve',
    title: 'Refuses a signature whose key does not belong to the algorithm that the token names',
    risk: 'A verifier that does not tie the algorithm to the kind of key lets a token choose how it is looked at; every attack on mixed-up algorithms begins there.',
    sends: 'A sound token, then one that says ES256 and is signed with a published P-384 key.',
    expects: '401.',
    forgeries: () => [{ name: 'under ES256 by a key on P-384', change: { signature: 'mislabelled' } }],
  }),
  signatureCheck({
    id: 'token-tampered',
    title: 'Refuses a token whose claims were changed after it was signed',
    risk: 'A token that can be edited is a form to fill in.',
    sends: 'A sound token, then the same one with another `sub` in its payload and the signature of before.',
    expects: '401.',
    forgeries: () => [{ name: 'with another subject under the old signature', change: { bend: withOtherSubject } }],
  }),
  signatureCheck({
    id: 'token-truncated',
    title: 'Refuses a token that was cut short',
    risk: 'Proxies and copy and paste cut tokens. What is left must not be read as if the rest were there.',
    sends: 'A sound token, then one with half of its signature, and one without the part of the signature altogether.',
    expects: '401, or 400 for what is no longer a token.',
    forgeries: () => [
      { name: 'with half of its signature', change: { bend: (token) => token.slice(0, -43) } },
      { name: 'of two parts', change: { bend: (token) => token.slice(0, token.lastIndexOf('.')) } },
    ],
  }),
]

function withoutSignature(token: string): string {
  return token.slice(0, token.lastIndexOf('.') + 1)
}

function withOtherSubject(token: string): string {
  const [header, payload, signature] = token.split('.')
  const text = Buffer.from(payload ?? '', 'base64url').toString('utf8')
  const changed: unknown = { ...JSON.parse(text), sub: 'somebody-else' }
  return [header, Buffer.from(JSON.stringify(changed)).toString('base64url'), signature].join('.')
}
