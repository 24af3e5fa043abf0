import type { Defence } from './defence.ts'

const DECISION = 'server/src/provider/exchange/decide-exchange.ts'
const REQUEST = 'server/src/provider/exchange/request.ts'
const INDICATORS = 'server/src/provider/resource-indicators.ts'
const REFUSALS = 'server/test/exchange/refusals.test.ts'
const RESOURCE = 'server/test/authorize/resource.test.ts'
const SCOPE = 'server/test/authorize/scope.test.ts'

/** Attacks on which server a token is for, what it may do, and what it is exchanged for: A119 to A140. */
export const EXCHANGE: readonly Defence[] = [
  {
    attack: 'A119',
    what: 'which of several servers was meant is not guessed',
    off: [
      {
        file: INDICATORS,
        text: 'return choices.length === 1 ? choices[0] : undefined',
        without: 'return choices[0]',
      },
    ],
    test: { file: RESOURCE, name: 'is refused where several are registered' },
  },
  {
    attack: 'A120',
    what: 'a server that is not registered gets no token',
    off: [
      {
        file: INDICATORS,
        text: 'const resource = (await registry.current()).byUri(indicator)\n',
        without:
          'const snapshot = await registry.current()\n          const resource = snapshot.byUri(indicator) ?? snapshot.all[0]\n',
      },
      {
        file: 'server/src/provider/scopes.ts',
        text: "typeof params?.resource === 'string' ? (await registry.current()).byUri(params.resource) : undefined",
        without: '(await registry.current()).all[0]',
      },
    ],
    test: { file: RESOURCE, name: 'it is not registered (A120)' },
  },
  {
    attack: 'A123',
    what: 'an identifier means itself, not what lies below it',
    off: [
      {
        file: 'server/src/store/resource-registry.ts',
        text: '(byUri.get(canonical.uri) ?? bySpelling.get(canonical.uri))',
        without:
          '(byUri.get(canonical.uri) ?? bySpelling.get(canonical.uri) ?? all.find(({ uri }) => canonical.uri.startsWith(uri)))',
      },
    ],
    test: { file: RESOURCE, name: 'it lies below (A123)' },
  },
  {
    attack: 'A124',
    what: 'one grant is for one server',
    off: [
      {
        file: INDICATORS,
        text: "if (oneOf !== undefined) throw new errors.InvalidTarget('only one resource can be asked for')",
        without: 'if (oneOf !== undefined) return [oneOf].flat()[0]',
      },
      { file: INDICATORS, text: 'Array.isArray(resource) && resource.length > 1', without: 'resource === null' },
    ],
    test: { file: RESOURCE, name: 'because one grant is for one resource' },
  },
  {
    attack: 'A125',
    what: 'scopes are those of this server, by name',
    off: [
      {
        file: 'server/src/provider/scopes.ts',
        text: 'filter((scope) => grantable.has(scope))',
        without: 'filter((scope) => grantable.size > 0 && scope)',
      },
    ],
    test: { file: SCOPE, name: 'no scope stands for others (A125)' },
  },
  {
    attack: 'A127',
    what: 'only the owner of the audience exchanges a token',
    off: [
      {
        file: DECISION,
        text: 'source === undefined || source.ownerClientId !== clientId',
        without: 'source === undefined',
      },
    ],
    test: { file: REFUSALS, name: 'when the token was made for another server: no passthrough' },
  },
  {
    attack: 'A128',
    what: 'a token is exchanged for what was opened to its server',
    off: [
      { file: DECISION, text: 'target.exchangeFrom.includes(source.id) ? undefined', without: 'target.id ? undefined' },
    ],
    test: { file: REFUSALS, name: 'it was opened to nobody (A128)' },
  },
  {
    attack: 'A129',
    what: 'a target that is not known is never left out',
    off: [
      {
        file: DECISION,
        text: 'new Set(named.map((spelling) => registry.resolve(spelling)))',
        without: 'new Set(named.map((spelling) => registry.resolve(spelling)).filter((each) => each !== undefined))',
      },
    ],
    test: { file: REFUSALS, name: 'the audience is unknown beside a known resource (A129)' },
  },
  {
    attack: 'A130',
    what: 'an exchange brings no scope that the token does not hold',
    off: [
      {
        file: 'server/src/provider/exchange/narrow-scopes.ts',
        text: ' || !contained.has(each)) return false',
        without: ') return false',
      },
    ],
    test: { file: REFUSALS, name: 'it asks for what the token does not hold (A130' },
  },
  {
    attack: 'A131',
    what: 'who may exchange was brought in by the operator',
    off: [
      {
        file: 'server/src/provider/exchange/grant-type.ts',
        text: "  if (!mayExchange(client)) throw refusalError({ kind: 'client-may-not-exchange' })\n",
        without: '',
      },
    ],
    test: {
      file: 'server/test/exchange/exchange.test.ts',
      name: 'may not exchange: whoever registered itself, public or with a key',
    },
  },
  {
    attack: 'A133',
    what: 'what is exchanged is called an access token',
    off: [
      {
        file: REQUEST,
        text: "for (const parameter of ['subject_token_type', 'requested_token_type']) {",
        without: "for (const parameter of ['requested_token_type']) {",
      },
    ],
    test: { file: REFUSALS, name: 'it is called an ID token (A133)' },
  },
  {
    attack: 'A134',
    what: 'nobody names an actor but by being it',
    off: [
      {
        file: REQUEST,
        text: "for (const parameter of ['actor_token', 'actor_token_type']) {",
        without: 'for (const parameter of [] as string[]) {',
      },
    ],
    test: { file: REFUSALS, name: 'an actor is named by a token (A134)' },
  },
  {
    attack: 'A134',
    what: 'a chain of actors ends',
    off: [{ file: DECISION, text: 'export const ACTORS_MAX = 5', without: 'export const ACTORS_MAX = 50' }],
    test: { file: REFUSALS, name: 'has a chain of five actors: the sixth is refused' },
  },
  {
    attack: 'A135',
    what: 'a token that names who may act is exchanged by nobody else',
    off: [{ file: DECISION, text: 'mayAct !== undefined && mayAct !== clientId', without: 'mayAct === null' }],
    test: { file: REFUSALS, name: 'lets another one act (A135)' },
  },
  {
    attack: 'A136',
    what: 'a token never comes back to where it was',
    off: [{ file: DECISION, text: 'target.id === source.id || leadsBack', without: 'target.id === source.id' }],
    test: { file: REFUSALS, name: 'when the way leads back to where the token was, although it is open' },
  },
  {
    attack: 'A137',
    what: 'nothing outlives what it was exchanged for',
    off: [
      {
        file: DECISION,
        text: 'Math.min(subject.expiresAt, now + tokenSeconds(found.target, scopes, lifetimes))',
        without: 'now + tokenSeconds(found.target, scopes, lifetimes)',
      },
    ],
    test: {
      file: 'server/test/exchange/exchange.test.ts',
      name: 'gets nothing that outlives what it gave, though the target would let it live longer',
    },
  },
  {
    attack: 'A137',
    what: 'an exchange asks again what it hangs on in the statement that decides it',
    off: [
      {
        file: 'server/src/store/exchanges.ts',
        text: '{GRANT_IS_LIVE}',
        without: "{'true'}",
      },
    ],
    test: { file: 'server/test/exchange/liveness.test.ts', name: 'the grant was revoked' },
  },
  {
    attack: 'A138',
    what: 'what comes out is an access token',
    off: [
      {
        file: REQUEST,
        text: "for (const parameter of ['subject_token_type', 'requested_token_type']) {",
        without: "for (const parameter of ['subject_token_type']) {",
      },
    ],
    test: { file: REFUSALS, name: 'a refresh token is asked for (A138)' },
  },
  {
    attack: 'A139',
    what: 'a bound token is exchanged by nobody who shows no key',
    off: [
      {
        file: 'server/src/provider/exchange/subject-token.ts',
        text: 'claims.cnf !== undefined && !provesKey',
        without: 'claims.cnf === null && !provesKey',
      },
    ],
    test: { file: 'server/test/dpop/exchange.test.ts', name: 'is not exchanged by a request that shows no key' },
  },
  {
    attack: 'A140',
    what: 'nothing is exchanged for an account that was disabled',
    off: [
      {
        file: 'server/src/store/grants.ts',
        text: 'AND c.withdrawn_at IS NULL AND a.disabled_at IS NULL)`',
        without: 'AND c.withdrawn_at IS NULL)`',
      },
    ],
    test: { file: 'server/test/exchange/liveness.test.ts', name: 'the account was disabled (A36, A140)' },
  },
]
