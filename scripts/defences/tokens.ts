import type { Defence } from './defence.ts'

const ASSERTION = 'server/src/provider/client-assertion.ts'
const PROOFS = 'server/test/dpop/proofs.test.ts'
const KIT_PROOF = 'resources/kit/src/proof/judge-proof.ts'
const KIT_PROOFS = 'resources/kit/test/proofs.test.ts'

/** Attacks on codes, refresh tokens, proofs of a client and of a key: A86 to A118, A141 to A148. */
export const TOKENS: readonly Defence[] = [
  {
    attack: 'A98',
    what: 'an assertion is for this issuer alone',
    off: [
      {
        file: ASSERTION,
        text: "typeof aud !== 'string' || (aud !== issuer && aud !== tokenEndpoint)",
        without: 'aud === null',
      },
    ],
    test: { file: 'server/test/token/client-assertion.test.ts', name: '(A98, AS-TK-07)' },
  },
  {
    attack: 'A99',
    what: 'an assertion lives for minutes',
    off: [
      { file: ASSERTION, text: 'exp > latest + ASSERTION_LIFETIME_MAX_SECONDS', without: 'exp === latest' },
      { file: ASSERTION, text: "if (typeof exp !== 'number') return 'exp is missing'\n", without: '\n' },
    ],
    test: { file: 'server/test/token/client-assertion.test.ts', name: '(A99, AS-TK-07)' },
  },
  {
    attack: 'A97',
    what: 'an assertion counts once',
    off: [
      {
        file: 'server/src/store/replays.ts',
        text: 'HAVING count(*) = ',
        without: 'HAVING count(*) <= ',
      },
    ],
    test: {
      file: 'server/test/token/client-assertion.test.ts',
      name: 'that was taken once is never taken again, and nothing of the second request happens',
    },
  },
  {
    attack: 'A104',
    what: 'a rotated refresh token that comes back ends its family',
    off: [
      {
        file: 'server/src/provider/adapter/refresh-token.ts',
        text: 'unit.presented = { ...presented, replayed: true }',
        without: 'unit.presented = presented',
      },
    ],
    test: {
      file: 'server/test/flow/refresh-replay.test.ts',
      name: 'ends the family when it comes back after the window',
    },
  },
  {
    attack: 'A106',
    what: 'the window for a repeated refresh closes when the successor is used',
    off: [
      {
        file: 'server/src/store/refresh-tokens.ts',
        text: ' AND NOT (',
        without: ' AND (true OR ',
      },
    ],
    test: { file: 'server/test/flow/refresh-replay.test.ts', name: 'ends the family however far back it lies' },
  },
  {
    attack: 'A114',
    what: 'nobody ends the token of another client',
    off: [
      {
        file: 'server/src/provider/revocation.ts',
        text: "  if (presented.issuedTo !== clientId) return 'foreign'\n  return presented.grant.clientId === clientId ? 'end' : 'exchanged'",
        without: "  return presented.grant.clientId === presented.issuedTo ? 'end' : 'exchanged'",
      },
    ],
    test: {
      file: 'server/test/revocation/revocation.test.ts',
      name: 'stays alive, the answer tells nothing, the operator hears of it',
    },
  },
  {
    attack: 'A116',
    what: 'introspection tells the owner of the audience alone',
    off: [
      {
        file: 'server/src/store/access-tokens.ts',
        text: 'r.uri = $3 AND r.owner_client_id = $5',
        without: 'r.uri = $3 AND $5::text IS NOT NULL',
      },
    ],
    test: {
      file: 'server/test/introspection/introspection.test.ts',
      name: 'the owner of another resource, or of none',
    },
  },
  {
    attack: 'A117',
    what: 'introspection tells nothing to who proves nothing',
    off: [
      {
        file: 'server/src/provider/introspection.ts',
        text: "question.client.clientAuthMethod === 'none'",
        without: "question.client.clientAuthMethod === ''",
      },
    ],
    test: { file: 'server/test/introspection/introspection.test.ts', name: 'a public client (A117)' },
  },
  {
    attack: 'A141',
    what: 'a proof counts once at the token endpoint',
    off: [
      {
        file: 'server/src/provider/dpop.ts',
        text: "  unit.presentations.push({ kind: 'dpop-proof', id, secondsLeft: proofSecondsLeft(proof, now) })\n",
        without: '',
      },
    ],
    test: {
      file: 'server/test/dpop/replay.test.ts',
      name: 'counts once, and nothing of a second request happens: its code is still good',
    },
  },
  {
    attack: 'A141',
    what: 'a proof counts once at a protected server',
    off: [
      {
        file: 'resources/kit/src/proof/verify-proof.ts',
        text: "    if (seen.get(key, now) !== undefined) return { ok: false, detail: 'it was presented before' }\n",
        without: '',
      },
    ],
    test: { file: KIT_PROOFS, name: 'is taken once, however many requests bring it together' },
  },
  {
    attack: 'A142',
    what: 'a proof is for an address without query and fragment',
    off: [
      {
        file: 'server/src/provider/dpop-proof.ts',
        text: "typeof htu !== 'string' || /[?#]/.test(htu)",
        without: "typeof htu !== 'string'",
      },
    ],
    test: { file: PROOFS, name: 'for an address with a query (A142)' },
  },
  {
    attack: 'A142',
    what: 'a proof at a protected server is for the token that it comes with',
    off: [{ file: KIT_PROOF, text: "  if (ath !== expected.tokenHash) return refuse('ath', ath)\n", without: '' }],
    test: { file: KIT_PROOFS, name: 'for another token' },
  },
  {
    attack: 'A142',
    what: 'a proof at a protected server is for its method',
    off: [{ file: KIT_PROOF, text: "  if (htm !== expected.method) return refuse('htm', htm)\n", without: '' }],
    test: { file: KIT_PROOFS, name: 'for another method' },
  },
  {
    attack: 'A143',
    what: 'where a nonce is demanded, none is taken without',
    off: [
      {
        file: 'server/src/provider/dpop.ts',
        text: 'requireNonce: () => settings.requireNonce,',
        without: 'requireNonce: () => false,',
      },
    ],
    test: { file: 'server/test/dpop/nonces.test.ts', name: 'a proof without one is asked for it' },
  },
  {
    attack: 'A144',
    what: 'a bound token is no bearer token',
    off: [
      {
        file: 'resources/kit/src/token/verify-access-token.ts',
        text: "  if (scheme === 'Bearer') return { reason: 'sender-constrained', detail: 'a bound token came as a bearer token' }\n",
        without: "  if (scheme === 'Bearer') return undefined\n",
      },
    ],
    test: { file: KIT_PROOFS, name: 'is refused as a bearer token, with and without a proof' },
  },
]
