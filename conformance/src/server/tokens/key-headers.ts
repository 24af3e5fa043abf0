import type { Check } from '../../check/check.ts'
import { type Finding, faulty } from '../../check/finding.ts'
import { readCompact, signCompact } from '../../issuer/compact.ts'
import { createHostileIssuer } from '../../issuer/create-hostile-issuer.ts'
import type { ServerSubject } from '../subject.ts'
import { type Forgery, forgeryCheck } from './forgery-check.ts'
import { verifierRemedies } from './remedies.ts'

const remedies = verifierRemedies(
  'Take keys from the key set of the configured issuer alone. `kid` is a name to compare, never a path, a query or an address; `jwk`, `jku` and `x5u` in a token are not looked at.',
)

/** Key ids that mean something to a file system or a database, with the secret that they would lead to. */
const KEY_ID_TRICKS = [
  { name: 'whose `kid` is a path to an empty file', kid: '../../../../../../../../dev/null', secret: '' },
  { name: 'whose `kid` is SQL that answers a key', kid: "x' UNION SELECT 'examiner' -- ", secret: 'examiner' },
] as const

const keyIdTricks = forgeryCheck({
  id: 'token-key-id-tricks',
  requirement: 'RS-TOK-03',
  title: 'Treats the key id as a name, not as a path or a query',
  risk: 'A key id that is put into a file name or a query lets the token bring its own key: an empty file, a constant row.',
  sends:
    'A sound token, then tokens under HS256 whose `kid` leads a careless lookup to a secret that is known: the empty file, a constant of SQL.',
  expects: '401 to both; an error of the server is a warning.',
  remedies,
  forgeries: () =>
    KEY_ID_TRICKS.map(({ name, kid, secret }) => ({
      name,
      change: { signature: 'none', bend: (token) => resign(token, kid, secret) },
    })),
})

const embeddedKey = forgeryCheck({
  id: 'token-embedded-key',
  requirement: 'RS-TOK-03',
  title: 'Refuses a token that brings its own key',
  risk: 'A verifier that believes the `jwk` header takes every token that was ever signed by anybody.',
  sends:
    'A sound token, then one signed by an unknown key whose public part is in the `jwk` header: under the key id of the issuer, and under none.',
  expects: '401 to both.',
  remedies,
  forgeries: ({ kid, strangerKey: jwk }): readonly Forgery[] => [
    { name: 'with its key in the `jwk` header', change: { signature: 'stranger', header: { jwk, kid: undefined } } },
    {
      name: 'with its key in the `jwk` header under the key id of the issuer',
      change: { signature: 'stranger', header: { jwk, kid } },
    },
  ],
})

/** The address is a listener of the examiner, so that a fetch is seen even where its key is refused. */
const keyAddress: Check<ServerSubject> = {
  id: 'token-key-address',
  requirement: 'RS-TOK-03',
  title: 'Neither takes nor follows an address of keys that a token names',
  risk: 'Before it has verified anything, the server sends a request to wherever the sender of a token wants: into its own network, to its cloud metadata, in a loop.',
  sends:
    'A sound token, then tokens whose `jku` and `x5u` headers name a listener of the examiner, signed by the key that lies there.',
  expects: '401 to both, and no request to the listener.',
  remedies,
  async run(subject) {
    const listener = await createHostileIssuer()
    try {
      const finding = await addressCheck(listener.jwksUri, listener.publicKey.kid).run(subject)
      return withFetches(finding, listener.asked.length)
    } finally {
      await listener.close()
    }
  },
}

function addressCheck(address: string, kid: string | undefined): Check<ServerSubject> {
  return forgeryCheck({
    ...keyAddress,
    forgeries: () =>
      ['jku', 'x5u'].map((member) => ({
        name: `with an address of keys in \`${member}\``,
        change: { signature: 'stranger', header: { [member]: address, kid } },
      })),
  })
}

function withFetches(finding: Finding, fetches: number): Finding {
  if (fetches === 0 || finding.kind === 'incomplete') return finding
  return faulty(`it fetched the address that an unverified token named (${fetches} times); ${finding.detail}`)
}

function resign(token: string, kid: string, secret: string): string {
  const read = readCompact(token)
  if (read === undefined) throw new Error('a minted token is a compact JWS')
  const header = { ...read.header, alg: 'HS256', kid }
  return signCompact(header, JSON.stringify(read.claims), { kind: 'secret', secret })
}

/** Whether a token can choose the key that it is verified with. */
export const keyHeaderChecks: readonly Check<ServerSubject>[] = [keyIdTricks, embeddedKey, keyAddress]
