import { afterAll, beforeAll, expect, it } from 'vitest'
import { addPasskey, askedBy, openAccount } from '../passkeys/account.ts'
import { type Authenticator, createAuthenticator } from '../passkeys/authenticator.ts'
import { createPerson, type Person, type Place } from '../people/person.ts'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { fieldOf } from '../setup/browser.ts'
import { authorization, register } from '../setup/flow.ts'
import { forgetLimits } from '../setup/limits.ts'
import { times } from '../setup/scale.ts'
import { CONTENDERS, CONTEST_TIMEOUT_MS } from './rounds.ts'
import { contend, type ServerProcess, startServerProcess } from './server-processes.ts'

/** Each takes a person through some pages first. */
const ROUNDS = times(5, 100)

let server: TestServer
let processes: ServerProcess[]
let device: Authenticator
let clientId: string
beforeAll(async () => {
  server = await startTestServer({ host: 'localhost' })
  processes = await Promise.all([startServerProcess(server), startServerProcess(server)])
  clientId = await register(server)
})
afterAll(async () => {
  await Promise.all(processes.map((each) => each.stop()))
  await server.close()
})

/** A browser on the sign-in page of an authorization of its own. */
async function arrive(): Promise<{ person: Person; page: Place }> {
  const person = createPerson(server)
  return { person, page: await person.open(authorization(server, clientId).url) }
}

async function enrol(): Promise<void> {
  await server.store.passkeys.removeOf('alice', undefined)
  const owner = createPerson(server)
  device = createAuthenticator(server.origin)
  await openAccount(server, owner)
  await addPasskey(server, owner, device)
}

const signedIn = (answers: readonly Response[]): number => answers.filter(({ status }) => status === 303).length

it(
  'what a passkey signed, sent many times at once to both processes, signs one browser in once (I5)',
  async () => {
    await enrol()
    for (let round = 1; round <= ROUNDS; round += 1) {
      await forgetLimits(server)
      const { person, page } = await arrive()
      const fields = { csrf: fieldOf(page.html, 'csrf'), credential: device.get(askedBy(page)) }
      const answers = await contend(
        processes.map((each) => each.server),
        CONTENDERS,
        (each) => person.browser.post(page.url.replace(server.origin, each.origin), fields),
      )
      expect(signedIn(answers), `round ${round}`).toBe(1)
    }
  },
  CONTEST_TIMEOUT_MS,
)

it(
  'of copies that sign at once with the same counter, in browsers of their own, one signs in, and no other after it',
  async () => {
    for (let round = 1; round <= ROUNDS; round += 1) {
      await enrol()
      await forgetLimits(server)
      // As many as may be wrong at once, so that none of them is refused before it is judged.
      const visits = await Promise.all(Array.from({ length: 5 }, arrive))
      const signed = visits.map(({ person, page }) => {
        const credential = device.copy().get(askedBy(page))
        return { person, url: page.url, fields: { csrf: fieldOf(page.html, 'csrf'), credential } }
      })
      const answers = await contend(
        processes.map((each) => each.server),
        signed.length,
        (each, index) => {
          const { person, url, fields } = signed[index] ?? never()
          return person.browser.post(url.replace(server.origin, each.origin), fields)
        },
      )
      expect(signedIn(answers), `round ${round}`).toBe(1)
      const [passkey] = (await server.store.passkeys.listOf('alice')) ?? []
      expect(passkey?.suspendedAt, `round ${round}`).toBeInstanceOf(Date)
    }
  },
  CONTEST_TIMEOUT_MS,
)

function never(): never {
  throw new Error('there is nobody at that place')
}
