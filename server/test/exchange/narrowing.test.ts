import { expandScopes, grantableScopes, parseToolsFile, TOOL_CLASSES, type ToolsFile } from '@sallyport/policy'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  ACTORS_MAX,
  decideExchange,
  type ExchangeDecision,
  type GrantedExchange,
} from '../../src/provider/exchange/decide-exchange.ts'
import { actorsOf, judgeSubjectToken, type SubjectToken } from '../../src/provider/exchange/subject-token.ts'
import type { ProtectedResource, RegistrySnapshot } from '../../src/store/resource-registry.ts'

const RUNS = 2_000
const SCOPES = ['mcp:a:x', 'mcp:b:x', 'mcp:c:x', 'mcp:d:x', 'mcp:e:x']
const CLASSES = Object.keys(TOOL_CLASSES)
const CLIENTS = ['client-0', 'client-1', 'client-2', 'client-3', 'client-4', 'client-5', 'client-6']
const URIS = CLIENTS.map((_, at) => `https://r${at}.example`)
const ALIASES = URIS.map((uri) => `${uri}/alias`)
const NOW = 1_800_000_000
const UNPROVEN = { provesKey: false, now: NOW }

const MOSTLY = fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) })

/** A tools file of some of the scopes, in any class, each implying some of those after it that are no more severe. */
const toolsFile: fc.Arbitrary<ToolsFile> = fc
  .array(
    fc.record({
      toolClass: fc.oneof({ weight: 3, arbitrary: fc.nat(2) }, { weight: 1, arbitrary: fc.nat(CLASSES.length - 1) }),
      present: MOSTLY,
      implies: fc.subarray([0, 1, 2, 3, 4]),
    }),
    {
      minLength: SCOPES.length,
      maxLength: SCOPES.length,
    },
  )
  .map((entries) => {
    const present = entries.flatMap((entry, at) => (entry.present ? [{ ...entry, at }] : []))
    const scopes = present.map(({ toolClass, implies, at }) => {
      const below = present.filter((each) => each.at > at && each.toolClass <= toolClass && implies.includes(each.at))
      const definition = {
        class: CLASSES[toolClass],
        description: 'Does it',
        implies: below.map((each) => SCOPES[each.at]),
      }
      return [SCOPES[at], { ...definition, longest: 'once' }]
    })
    const tools = present.map(({ at }) => [`tool_${at}`, { scopes: [SCOPES[at]] }])
    const parsed = parseToolsFile({ scopes: Object.fromEntries(scopes), tools: Object.fromEntries(tools) })
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
    return parsed.toolsFile
  })

const resource = (at: number): fc.Arbitrary<ProtectedResource> =>
  fc.record({
    id: fc.constant(`r${at}`),
    uri: fc.constant(URIS[at] ?? ''),
    name: fc.constant(`R${at}`),
    aliases: fc.constant([`${URIS[at]}/alias`]),
    tools: toolsFile,
    accessTokenSeconds: fc.option(fc.integer({ min: 60, max: 3_600 }), { nil: undefined }),
    source: fc.constant('cli' as const),
    // Mostly its own client; sometimes nobody, sometimes the owner of another resource too.
    ownerClientId: fc.oneof(
      { weight: 8, arbitrary: fc.constant(CLIENTS[at]) },
      { weight: 1, arbitrary: fc.constantFrom(undefined, ...CLIENTS) },
    ),
    exchangeOnly: fc.boolean(),
    exchangeFrom: fc.subarray(CLIENTS.map((_, from) => `r${from}`)),
  })

const registry: fc.Arbitrary<RegistrySnapshot> = fc.tuple(...CLIENTS.map((_, at) => resource(at))).map((all) => ({
  all,
  byId: (id) => all.find((each) => each.id === id),
  byUri: (uri) => all.find((each) => each.uri === uri),
  resolve: (spelling) => all.find((each) => each.uri === spelling || each.aliases.includes(spelling)),
}))

const subject: fc.Arbitrary<SubjectToken> = fc
  .record({
    audience: fc.constantFrom(...URIS),
    scopes: fc.subarray([...SCOPES, 'mcp:unknown:x'], { minLength: 2 }),
    expiresIn: fc.integer({ min: 2, max: 3_600 }),
    actors: fc.oneof(
      { weight: 3, arbitrary: fc.constant<string[]>([]) },
      { weight: 1, arbitrary: fc.array(fc.constantFrom(...CLIENTS), { maxLength: ACTORS_MAX + 1 }) },
    ),
    mayAct: fc.option(fc.constantFrom(...CLIENTS), { nil: undefined, freq: 8 }),
  })
  .map(({ audience, scopes, expiresIn, actors, mayAct }) => {
    const act = actors.reduceRight<unknown>(
      (inner, sub) => (inner === undefined ? { sub } : { sub, act: inner }),
      undefined,
    )
    const claims = { jti: 'jti', scope: scopes.join(' '), act, may_act: mayAct && { sub: mayAct } }
    const token = {
      grantId: 'gid',
      accountId: 'alice',
      clientId: 'person',
      audience,
      expiresAt: NOW + expiresIn,
      claims,
    }
    const judged = judgeSubjectToken(token, UNPROVEN)
    if (!judged.ok) throw new Error(judged.refusal.kind)
    return judged.subject
  })

const request = fc.record({
  targets: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...URIS).map((uri) => [uri]) },
    {
      weight: 1,
      arbitrary: fc.array(fc.constantFrom(...URIS, ...ALIASES, 'https://nobody.example'), { maxLength: 2 }),
    },
  ),
  scopes: fc.option(fc.array(fc.constantFrom(...SCOPES, 'mcp:unknown:x'), { maxLength: 4 }), {
    nil: undefined,
    freq: 1,
  }),
})
const lifetimes = fc.record({
  accessTokenSeconds: fc.integer({ min: 60, max: 3_600 }),
  accessTokenElevatedSeconds: fc.integer({ min: 60, max: 3_600 }),
})
const client = fc.constantFrom(...CLIENTS)

function closure(file: ToolsFile, scopes: readonly string[]): Set<string> {
  return expandScopes(file, scopes)
}

/** Everything that must hold of whatever was granted. */
function expectNarrower(
  clientId: string,
  from: SubjectToken,
  granted: GrantedExchange,
  asked?: readonly string[],
): void {
  const { source, target, scopes, expiresAt, act } = granted
  expect(source.uri).toBe(from.audience)
  expect(source.ownerClientId).toBe(clientId)
  expect(target.uri).not.toBe(from.audience)
  expect(target.exchangeFrom).toContain(source.id)
  const before = closure(source.tools, from.scopes)
  const after = closure(target.tools, scopes)
  expect([...after].filter((scope) => !before.has(scope))).toEqual([])
  for (const scope of after) {
    const there = target.tools.scopes.get(scope)?.toolClass ?? 'admin'
    const here = source.tools.scopes.get(scope)?.toolClass ?? 'discovery'
    expect(TOOL_CLASSES[there].severity).toBeLessThanOrEqual(TOOL_CLASSES[here].severity)
  }
  expect(grantableScopes(target.tools)).toEqual(expect.arrayContaining([...scopes]))
  if (asked !== undefined) expect(asked).toEqual(expect.arrayContaining([...scopes]))
  expect(scopes.length).toBeGreaterThan(0)
  expect(new Set(scopes).size).toBe(scopes.length)
  expect(expiresAt).toBeLessThanOrEqual(from.expiresAt)
  expect(actorsOf(act)).toEqual([clientId, ...from.actors])
  expect(actorsOf(act).length).toBeLessThanOrEqual(ACTORS_MAX)
  expect(actorsOf(act)).not.toContain(target.ownerClientId ?? 'nobody')
  if (from.mayAct !== undefined) expect(from.mayAct).toBe(clientId)
}

/** The token that a grant becomes, as the next subject. */
function nextSubject(from: SubjectToken, { target, scopes, expiresAt, act }: GrantedExchange): SubjectToken {
  const { grantId, accountId } = from
  const claims = { jti: 'next', scope: scopes.join(' '), act }
  const judged = judgeSubjectToken(
    { grantId, accountId, clientId: act.sub, audience: target.uri, expiresAt, claims },
    UNPROVEN,
  )
  if (!judged.ok) throw new Error(judged.refusal.kind)
  return judged.subject
}

const grantedOf = (decision: ExchangeDecision) => (decision.ok ? decision.granted : undefined)

describe('an exchange never widens (I7)', () => {
  it('audience, scope, lifetime and chain of actors, whatever the files, owners, ways and wishes (AS-TX-03 to 07, A127 to A130, A134 to A137)', () => {
    let granted = 0
    const property = fc.property(
      client,
      subject,
      request,
      registry,
      lifetimes,
      (clientId, from, wish, all, lifetimes) => {
        // Two clients of three would own something else: let the right one ask more often, or nothing is ever granted.
        const asker = all.byUri(from.audience)?.ownerClientId ?? clientId
        for (const each of new Set([clientId, asker])) {
          const decision = decideExchange(each, from, wish, { registry: all, lifetimes, now: NOW })
          const given = grantedOf(decision)
          if (given === undefined) continue
          granted += 1
          expectNarrower(each, from, given, wish.scopes)
        }
      },
    )
    fc.assert(property, { numRuns: RUNS })
    // A decision that refuses everything would pass the rest.
    expect(granted).toBeGreaterThan(20)
  })

  it('along a whole chain: each hop is within all before it, no audience is seen twice, and it ends', () => {
    let longest = 0
    const property = fc.property(
      subject,
      registry,
      lifetimes,
      fc.infiniteStream(fc.nat(6)),
      (from, all, lifetimes, choices) => {
        let current: SubjectToken = { ...from, act: undefined, actors: [], mayAct: undefined }
        const seen = [current.audience]
        let held = closure(all.byUri(current.audience)?.tools ?? emptyFile, current.scopes)
        for (let hop = 0; hop <= ACTORS_MAX * 4; hop += 1) {
          const { value = 0 } = choices.next()
          const clientId = all.byUri(current.audience)?.ownerClientId ?? 'nobody'
          const wish = { targets: [URIS[value] ?? ''], scopes: undefined }
          const given = grantedOf(decideExchange(clientId, current, wish, { registry: all, lifetimes, now: NOW }))
          if (given === undefined) continue
          expectNarrower(clientId, current, given)
          const now = closure(given.target.tools, given.scopes)
          expect([...now].filter((scope) => !held.has(scope))).toEqual([])
          expect(seen).not.toContain(given.target.uri)
          current = nextSubject(current, given)
          held = now
          seen.push(current.audience)
          longest = Math.max(longest, current.actors.length)
        }
        expect(current.actors.length).toBeLessThanOrEqual(ACTORS_MAX)
      },
    )
    fc.assert(property, { numRuns: RUNS / 4 })
    expect(longest).toBeGreaterThan(1)
  })
})

const emptyFile: ToolsFile = { scopes: new Map(), tools: new Map() }
