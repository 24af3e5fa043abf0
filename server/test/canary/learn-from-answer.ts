import type { Issued } from './issued.ts'

/** One answer of a server, with what of it can hold something that was issued. */
export interface SeenAnswer {
  readonly setCookies: readonly string[]
  readonly location: string
  readonly contentType: string
  readonly body: string
}

const MEMBERS = {
  access_token: 'access token',
  refresh_token: 'refresh token',
  client_secret: 'client secret',
  registration_access_token: 'registration access token',
  request_uri: 'request_uri',
} as const

/** Learns what an answer hands out: tokens, secrets, codes, cookies. */
export function learnFromAnswer(issued: Pick<Issued, 'learn'>, answer: SeenAnswer): void {
  for (const line of answer.setCookies) learnCookie(issued, line.split(';', 1).join())
  learnCode(issued, answer.location)
  if (answer.contentType.includes('html')) {
    for (const [link] of answer.body.matchAll(/https?:[^"'\s]*?code=[\w-]+/g)) learnCode(issued, link)
  }
  if (answer.contentType.includes('json')) learnMembers(issued, answer.body)
}

// They hold the uid of an interaction, which stands in the address of its pages: what counts is the signature beside them.
const PUBLIC_COOKIES = /sallyport_(?:interaction|resume)$/

/** Learns one cookie. @param pair `name=value` */
function learnCookie(issued: Pick<Issued, 'learn'>, pair: string): void {
  const at = pair.indexOf('=')
  const name = pair.slice(0, at)
  if (!PUBLIC_COOKIES.test(name)) issued.learn(`cookie ${name}`, pair.slice(at + 1))
}

function learnCode(issued: Pick<Issued, 'learn'>, url: string): void {
  const code = /[?&;]code=([\w-]+)/.exec(url)?.[1]
  if (code !== undefined) issued.learn('code', code)
}

function learnMembers(issued: Pick<Issued, 'learn'>, json: string): void {
  try {
    learnParsed(issued, JSON.parse(json))
  } catch {
    // An answer that is no JSON hands nothing out to a client either.
  }
}

/** Learns from the members of an answer that was parsed already. */
export function learnParsed(issued: Pick<Issued, 'learn'>, parsed: unknown): void {
  if (typeof parsed !== 'object' || parsed === null) return
  for (const [name, what] of Object.entries(MEMBERS)) {
    const value: unknown = Reflect.get(parsed, name)
    // The name of a pushed request begins like every other.
    if (typeof value === 'string') issued.learn(what, value.replace(/^urn:ietf:params:oauth:request_uri:/, ''))
  }
}
