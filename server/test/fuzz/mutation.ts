import fc from 'fast-check'
import type { Ask, Pair } from './ask.ts'
import { JSON_TYPE } from './ask.ts'
import { BENDS } from './bend.ts'
import * as hostile from './hostile.ts'
import { HEADER_VALUES, HEADERS, MEMBERS, METHODS, NAMES, PATHS, TYPES } from './words.ts'

/** One thing that is different from a request that would be right. `at` counts parameters of query and form together. */
export type Mutation =
  | { readonly change: 'method' | 'path' | 'type' | 'text'; readonly to: string }
  | { readonly change: 'value' | 'repeat' | 'rename'; readonly at: number; readonly to: string }
  | { readonly change: 'bend'; readonly at: number; readonly how: string; readonly more: Record<string, unknown> }
  | { readonly change: 'drop'; readonly at: number }
  | { readonly change: 'add'; readonly name: string; readonly to: string; readonly times: number }
  | { readonly change: 'header'; readonly name: string; readonly to: string }
  | { readonly change: 'drop header'; readonly at: number }
  | { readonly change: 'member'; readonly name: string; readonly to: unknown }
  | { readonly change: 'json'; readonly to: unknown }
  | { readonly change: 'framing'; readonly to: NonNullable<Ask['framing']> }

const at = fc.nat(20)
const framing = fc.constantFrom('chunked', 'cut short', 'twice', 'none')

/** Anything that can be different. */
export const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ change: fc.constant('value'), at, to: hostile.value }) },
  {
    weight: 4,
    arbitrary: fc.record({ change: fc.constant('bend'), at, how: fc.constantFrom(...BENDS), more: hostile.members }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      change: fc.constantFrom('repeat', 'rename'),
      at,
      to: fc.oneof(hostile.value, fc.constantFrom(...NAMES)),
    }),
  },
  { weight: 2, arbitrary: fc.record({ change: fc.constant('drop'), at }) },
  {
    weight: 3,
    arbitrary: fc.record({
      change: fc.constant('add'),
      name: fc.oneof(fc.constantFrom(...NAMES), hostile.value),
      to: hostile.value,
      times: fc.constantFrom(1, 1, 1, 2, 50, 101),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      change: fc.constant('header'),
      name: fc.constantFrom(...HEADERS),
      to: fc.oneof(fc.constantFrom(...HEADER_VALUES), hostile.value),
    }),
  },
  { weight: 1, arbitrary: fc.record({ change: fc.constant('drop header'), at }) },
  {
    weight: 2,
    arbitrary: fc.record({ change: fc.constant('member'), name: fc.constantFrom(...MEMBERS), to: hostile.json }),
  },
  { weight: 1, arbitrary: fc.record({ change: fc.constant('json'), to: hostile.json }) },
  { weight: 1, arbitrary: fc.record({ change: fc.constant('method'), to: fc.constantFrom(...METHODS) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      change: fc.constant('path'),
      to: fc.oneof(fc.constantFrom(...PATHS), fc.string({ maxLength: 9 })),
    }),
  },
  { weight: 1, arbitrary: fc.record({ change: fc.constant('type'), to: fc.constantFrom(...TYPES) }) },
  { weight: 1, arbitrary: fc.record({ change: fc.constant('text'), to: hostile.body }) },
  { weight: 1, arbitrary: fc.record({ change: fc.constant('framing'), to: framing }) },
) as fc.Arbitrary<Mutation>

/** The request with that one thing different. */
export function mutate(ask: Ask, mutation: Mutation): Ask {
  switch (mutation.change) {
    case 'method':
      return { ...ask, method: mutation.to }
    case 'path':
      return { ...ask, path: ask.path + mutation.to.replace(/[\s\0]/g, '%20') }
    case 'type':
      return { ...ask, type: mutation.to }
    case 'text':
      return { ...ask, text: mutation.to }
    case 'framing':
      return { ...ask, framing: mutation.to }
    case 'json':
      return { ...ask, json: mutation.to, type: JSON_TYPE }
    case 'member':
      return { ...ask, json: { ...(isObject(ask.json) ? ask.json : {}), [mutation.name]: mutation.to } }
    case 'header':
      return { ...ask, headers: [...withoutHeader(ask, mutation.name), [mutation.name, lineOf(mutation.to)]] }
    case 'drop header':
      return { ...ask, headers: (ask.headers ?? []).toSpliced(mutation.at % Math.max(1, ask.headers?.length ?? 1), 1) }
    default:
      return mutateParameters(ask, mutation)
  }
}

type ParameterMutation = Extract<Mutation, { change: 'value' | 'repeat' | 'rename' | 'bend' | 'drop' | 'add' }>

function mutateParameters(ask: Ask, mutation: ParameterMutation): Ask {
  const part = ask.form === undefined || ask.form.length === 0 ? 'query' : 'form'
  const pairs = ask[part] ?? []
  if (mutation.change === 'add') {
    const added = Array.from({ length: mutation.times }, (): Pair => [mutation.name, mutation.to])
    return { ...ask, [part]: [...pairs, ...added.map(unspoken)] }
  }
  if (pairs.length === 0) return ask
  const index = mutation.at % pairs.length
  const [name, value] = pairs[index] ?? ['', '']
  return { ...ask, [part]: pairs.toSpliced(index, 1, ...changedPair([name, value], mutation).map(unspoken)) }
}

function changedPair([name, value]: Pair, mutation: Exclude<ParameterMutation, { change: 'add' }>): readonly Pair[] {
  switch (mutation.change) {
    case 'value':
      return [[name, mutation.to]]
    case 'repeat':
      return [
        [name, value],
        [name, mutation.to],
      ]
    case 'rename':
      return [[mutation.to, value]]
    case 'drop':
      return []
    case 'bend':
      return [[name, bent(value, mutation)]]
  }
}

/** A password that somebody shows or sets is no word that the server says anyway: where it is found afterwards it has leaked. */
function unspoken([name, value]: Pair): Pair {
  const isPublic = PASSWORDS.includes(name) && value !== '' && value !== '{password}'
  return isPublic ? [name, `what nobody says, ${value}`] : [name, value]
}

const PASSWORDS = ['password', 'new_password']

function bent(value: string, { how, more }: Extract<Mutation, { change: 'bend' }>): string {
  const json = Buffer.from(JSON.stringify(more)).toString('base64url')
  return value.replace(/^\{(\w+)\}$/, `{$1|${how}|${json}}`)
}

function withoutHeader({ headers = [] }: Ask, name: string): readonly Pair[] {
  return headers.filter(([other]) => other.toLowerCase() !== name.toLowerCase())
}

// A line end would make another request of the rest, which is tried where headers are the subject.
function lineOf(value: string): string {
  return value.replace(/[\r\n\0]/g, ' ')
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
