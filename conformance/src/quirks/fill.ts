import { createHash } from 'node:crypto'
import type { RedirectHabit } from './profile.ts'

/** What a profile leaves open, since it differs from run to run: it says `{redirect}`, `{server}` and `{scope}`. */
export interface Values {
  readonly redirect: string
  readonly server: string
  /** Empty where no scope is known: then a member that holds nothing else is left out. */
  readonly scope: string
}

type Members = Readonly<Record<string, unknown>>

/** Members of a document or a registration, complete with the values of a run. */
export function fillMembers(members: Members, values: Values): Members {
  const filled = Object.entries(members).map(([name, value]) => [name, fillValue(value, values)] as const)
  return Object.fromEntries(filled.filter(([name, value]) => members[name] !== '{scope}' || value !== ''))
}

function fillValue(value: unknown, values: Values): unknown {
  if (typeof value === 'string') return fillText(value, values)
  return Array.isArray(value) ? value.map((each) => fillValue(each, values)) : value
}

/** One text of a profile, complete with the values of a run. */
export function fillText(text: string, { redirect, server, scope }: Values): string {
  return text.replaceAll('{redirect}', redirect).replaceAll('{server}', server).replaceAll('{scope}', scope)
}

/** The redirect URI of one run, at this port where the client has none of its own. */
export function redirectUriOf(habit: RedirectHabit, port: number, server: string): string {
  if (habit.kind !== 'loopback') return habit.uri
  return `http://${habit.host}:${habit.port ?? port}${habit.path.replaceAll('{server}', server)}`
}

/** Codex derives nine bytes from the URL of the MCP server; other clients derive nothing that is seen. */
const SERVER_BYTES = 9

/** What stands for the MCP server in a path: the beginning of a hash of its URL. */
export function serverSign(url: string): string {
  return createHash('sha256').update(new URL(url).href).digest().subarray(0, SERVER_BYTES).toString('base64url')
}

/** RFC 6335: ports that nobody is assigned, where systems open the next free one. */
const FIRST_PORT = 49_152
const LAST_PORT = 65_535

/** A port as a system would give it; nobody listens there, because an answer is read off the redirect. */
export function otherPort(taken?: number): number {
  const port = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT + 1))
  return port === taken ? otherPort(taken) : port
}
