import type { Person, Place } from '../people/person.ts'
import { PASSWORD, type TestServer } from '../setup/authorization-server.ts'
import type { Authenticator, Deviation } from './authenticator.ts'

/** What a page asks the browser with; undefined where it has no form for an authenticator. */
export function optionsOf(html: string): string | undefined {
  return html
    .match(/data-passkey="([^"]*)"/)?.[1]
    ?.replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
}

/** The options of a page that must have some. */
export function askedBy({ url, html }: Place): string {
  const options = optionsOf(html)
  if (options === undefined) throw new Error(`${url} asks no authenticator: ${html}`)
  return options
}

/** Opens the account page, signed in by password or, where an authenticator is given, by passkey. */
export async function openAccount(server: TestServer, person: Person, by?: Authenticator): Promise<Place> {
  const place = await person.open(`${server.issuer}/account`)
  if (!place.url.endsWith('/account/sign-in')) return place
  return person.submit(
    place,
    by === undefined ? { login: 'alice', password: PASSWORD } : { credential: by.get(askedBy(place)) },
  )
}

/** Sends a form of the account page. */
export async function change(
  server: TestServer,
  person: Person,
  place: Place,
  fields: Record<string, string>,
): Promise<Place> {
  return person.submit({ ...place, url: `${server.issuer}/account` }, fields)
}

/** Presses "Add a passkey" and shows who it is: by password, or by a passkey there is. @returns the page that makes one */
export async function beginAdding(
  server: TestServer,
  person: Person,
  by: { password: string } | Authenticator = { password: PASSWORD },
): Promise<Place> {
  const account = await openAccount(server, person)
  const confirm = await change(server, person, account, { change: 'add-passkey' })
  const shown = 'password' in by ? by : { credential: by.get(askedBy(confirm)) }
  return change(server, person, confirm, { change: 'add-passkey', ...shown })
}

/** Makes a passkey on the page of `beginAdding`. */
export function save(
  server: TestServer,
  person: Person,
  page: Place,
  authenticator: Authenticator,
  { name = 'Telephone', deviation = {} }: { name?: string; deviation?: Deviation } = {},
): Promise<Place> {
  const credential = authenticator.create(askedBy(page), deviation)
  return change(server, person, page, { change: 'save-passkey', name, credential })
}

/** Adds a passkey to whoever is signed in. */
export async function addPasskey(
  server: TestServer,
  person: Person,
  authenticator: Authenticator,
  by: { password: string } | Authenticator = { password: PASSWORD },
): Promise<Place> {
  return save(server, person, await beginAdding(server, person, by), authenticator)
}

/** Ids of the passkeys that the account page lists, in its order. */
export function listed(html: string): string[] {
  return [...html.matchAll(/<input[^>]*name="passkey"[^>]*value="([^"]*)"/g)].map(([, id]) => id ?? '')
}

/** The reasons that the operator's log gives for passkeys that were refused. */
export function reasons(server: TestServer): unknown[] {
  return server.logged
    .filter(({ message }) => message === 'sign-in refused')
    .map(({ detail }) => (typeof detail === 'object' && detail !== null && 'why' in detail ? detail.why : undefined))
}
