import type { Exchange, Header } from '../wire/message.ts'
import { isErrorName, isSecretName } from './secret-names.ts'

/** A compact JWS or JWE, or a piece of one: a JSON object in base64url is at its start. */
export const COMPACT: RegExp = /eyJ[A-Za-z0-9_-]{16,}(?:\.[A-Za-z0-9_-]*){0,4}/g
/** A quoted member and its quoted value, in JSON and in JSON within a string of JSON. What comes before the value is bounded, so that no body makes it slow. */
export const MEMBER: RegExp =
  /(\\{0,4}["'])([\w.-]{1,64})\1(\s{0,8}:\s{0,8})(\\{0,4}["'])((?:(?!\4)(?:\\[\s\S]|[^\\]))+)/g
/** A parameter of a form, a query, a fragment or a line of a log. */
export const PARAMETER: RegExp = /(^|[?&#;,\s"'])([\w.-]{1,64})(=["']?)([^&#;,\s"'<>]+)/g

/** A field of a page, and what it says of itself. */
const FIELD = /<input\b([^<>]{1,8000})>/gi
const FIELD_NAME = /\bname\s{0,4}=\s{0,4}["']?([\w.-]{1,64})/i
const FIELD_VALUE = /\bvalue\s{0,4}=\s{0,4}(?:"([^"]+)"|'([^']+)'|([^\s"'>]+))/i

const SCHEMES = new Set(['bearer', 'basic', 'dpop', 'digest', 'negotiate'])

/**
 * Every credential that a run of exchanges carried, wherever it stood. A server may say in one answer what it was sent in another
 * request, so they are looked for together and taken out of all of them.
 */
export function secretValues(exchanges: readonly Exchange[]): readonly string[] {
  const found = exchanges.flatMap(({ request, answer, error }) => [
    ...inUrl(request.url),
    ...request.headers.flatMap(inHeader),
    ...inBody(request.body ?? ''),
    ...(answer?.headers ?? []).flatMap(inHeader),
    ...inBody(answer?.body ?? ''),
    ...inText(error ?? ''),
  ])
  return [...new Set(found.flatMap((value) => [value, decoded(value)]).filter((value) => value !== ''))]
}

function inHeader([name, value]: Header): readonly string[] {
  if (/^(?:set-)?cookie$/i.test(name)) return inCookie(name, value)
  if (!isSecretName(name)) return [...inUrl(value), ...inText(value)]
  const parts = value.split(/[\s,]+/).filter((part) => !SCHEMES.has(part.toLowerCase()))
  return [...parts, ...parts.flatMap(inBasic)]
}

/** Attributes of Set-Cookie (Path, SameSite) are no secret. */
function inCookie(name: string, value: string): readonly string[] {
  const pairs = value.split(';')
  const kept = name.toLowerCase() === 'cookie' ? pairs : pairs.slice(0, 1)
  return kept.map((pair) => pair.slice(pair.indexOf('=') + 1).trim())
}

/** Password of `user:password` in base64. */
function inBasic(credentials: string): readonly string[] {
  const text = Buffer.from(credentials, 'base64').toString('utf8')
  const at = text.indexOf(':')
  return at === -1 || /[^\x20-\x7e]/.test(text) ? [] : [text.slice(at + 1)]
}

function inUrl(text: string): readonly string[] {
  if (!URL.canParse(text)) return inText(text)
  const url = new URL(text)
  const parameters = [url.search.slice(1), url.hash.slice(1)].flatMap(inForm)
  return [decoded(url.password), ...parameters, ...inText(text)]
}

function inForm(text: string): readonly string[] {
  return [...new URLSearchParams(text)].flatMap(([name, value]) => valuesOf(name, value))
}

function inBody(body: string): readonly string[] {
  const documents = [body, ...[...body.matchAll(/^data: ?(.*)$/gm)].map((match) => match[1] ?? '')]
  const json = documents.flatMap(inJson)
  return [...json, ...(json.length === 0 && body.includes('=') ? inForm(body) : []), ...inFields(body), ...inText(body)]
}

/** A page that posts its fields on by itself has a code in one of them. */
function inFields(body: string): readonly string[] {
  return [...body.matchAll(FIELD)].flatMap(([, attributes = '']) => {
    const [, name = ''] = FIELD_NAME.exec(attributes) ?? []
    const [, double, single, bare] = FIELD_VALUE.exec(attributes) ?? []
    const value = double ?? single ?? bare ?? ''
    return isHeld(name, value) ? [value, value.replaceAll('&amp;', '&')] : []
  })
}

interface Member {
  readonly name: string
  readonly value: unknown
}

/** Walks without recursion: a body may be nested as deep as it is long, to break who reads it. */
function inJson(text: string): readonly string[] {
  const values: string[] = []
  const open: Member[] = [{ name: '', value: parsed(text) }]
  for (let member = open.pop(); member !== undefined; member = open.pop()) {
    if (typeof member.value === 'string') values.push(...valuesOf(member.name, member.value))
    for (const inner of insideOf(member)) open.push(inner)
  }
  return values
}

/** Results of MCP tools are JSON within a string of JSON. */
function insideOf({ name, value }: Member): readonly Member[] {
  if (typeof value === 'string') return /^\s*[[{]/.test(value) ? [{ name: '', value: parsed(value) }] : []
  if (Array.isArray(value)) return value.map((each: unknown) => ({ name, value: each }))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).map(([key, each]) => ({ name: key, value: each as unknown }))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** By looks: tokens of a known form, and what stands behind a name in a text that no parser reads, such as JSON that was cut. */
function inText(text: string): readonly string[] {
  const members = [...text.matchAll(MEMBER)].flatMap(([, , name = '', , , value = '']) =>
    isHeld(name, value) ? [value, unescaped(value)] : [],
  )
  const parameters = [...text.matchAll(PARAMETER)].flatMap(([, , name = '', , value = '']) =>
    isHeld(name, value) ? [value, decoded(value)] : [],
  )
  return [...(text.match(COMPACT) ?? []), ...members, ...parameters]
}

const isHeld = (name: string, value: string): boolean => isSecretName(name) && !isErrorName(name, value)

function unescaped(text: string): string {
  const value = parsed(`"${text}"`)
  return typeof value === 'string' ? value : text
}

function valuesOf(name: string, value: string): readonly string[] {
  return isHeld(name, value) ? [value] : inText(value)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
