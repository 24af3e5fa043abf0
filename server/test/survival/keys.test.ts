import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Secret, secret } from '../../src/config/secret.ts'
import { keysCommand } from '../contest/keys-command.ts'
import { type Chain, startChain } from '../exchange/chain.ts'
import { type DatabaseLink, openDatabaseLink } from '../setup/database-link.ts'
import { times } from '../setup/scale.ts'
import { tallyFaults } from '../setup/tally.ts'
import { endure, POLL } from './fault.ts'
import { type Load, startLoad } from './load.ts'
import { ISSUER, keepRegistry, type Serving, startServing } from './serving.ts'

const FAMILIES = 4
const FAULT_TIMEOUT_MS = 60_000

let chain: Chain
let link: DatabaseLink
let servings: Serving[]
let load: Load
const running = () => servings.map((each) => each.server)
beforeAll(async () => {
  chain = await startChain()
  await keepRegistry(chain.server)
  link = await openDatabaseLink(chain.server.databaseUrl)
  const options = { databaseUrl: link.databaseUrl }
  servings = await Promise.all([startServing(chain.server, options), startServing(chain.server, options)])
  // People sign in at the processes whose keys change.
  load = await startLoad(chain, running, { families: FAMILIES, issuer: ISSUER })
})
afterEach(() => link.restore())
afterAll(async () => {
  await load.stop()
  await Promise.all(servings.map((each) => each.stop()))
  await link.close()
  await chain.server.close()
})

async function published(): Promise<readonly (readonly string[])[]> {
  return Promise.all(
    running().map(async ({ origin }) => {
      const { keys }: { keys: { kid: string }[] } = await (await fetch(`${origin}/.well-known/jwks.json`)).json()
      return keys.map(({ kid }) => kid)
    }),
  )
}

async function rotate(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await keysCommand(chain.server, ['rotate', '--json', ...args])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout).kid
}

describe('under load from two processes', () => {
  it(
    'the signing key changes while connections break: both sign with the new one, nothing lost (A145, I8, I9)',
    async () => {
      const tally = tallyFaults('signing key rotated, connections cut')
      for (let fault = 1; fault <= times(2, 12); fault += 1) {
        let kid = ''
        const harm = async () => {
          const rotated = rotate('--sign-after', '0')
          await link.cut()
          kid = await rotated
          await sleep(200)
        }
        await endure(chain.server, load, { harm, mend: () => link.restore() }, tally)
        await expect.poll(async () => (await published()).every((kids) => kids[0] === kid), POLL).toBe(true)
      }
    },
    FAULT_TIMEOUT_MS * times(1, 4),
  )

  it(
    'the signing key is compromised while connections are closed: what it signed ends, logins go on (A145, I8, I9)',
    async () => {
      const tally = tallyFaults('signing key compromised, connections closed by the database')
      for (let fault = 1; fault <= times(1, 8); fault += 1) {
        for (const kid of (await published()).flat()) load.endedKeys.add(kid)
        let kid = ''
        const harm = async () => {
          const rotated = rotate('--compromised')
          link.halfClose()
          kid = await rotated
        }
        await endure(chain.server, load, { harm }, tally)
        await expect.poll(published, POLL).toEqual([[kid], [kid]])
      }
    },
    FAULT_TIMEOUT_MS * times(1, 3),
  )

  it(
    'encryption and cookie keys change, one killed process after the other: what was sealed opens, people stay signed in (I8, I9)',
    async () => {
      const tally = tallyFaults('encryption and cookie keys rolled out, process killed')
      const fresh = () => secret(randomBytes(32).toString('base64'))
      let [encryption, cookie] = [chain.server.settings.encryptionKeys, chain.server.settings.cookieKeys]
      for (let round = 1; round <= times(1, 3); round += 1) {
        const next = { encryption: fresh(), cookie: fresh() }
        await rollOut(tally, [...encryption, next.encryption], [...cookie, next.cookie])
        await rollOut(tally, [next.encryption, ...encryption], [next.cookie, ...cookie])
        const rewrapped = await keysCommand(chain.server, ['rewrap', '--json'], [next.encryption, ...encryption])
        expect(JSON.parse(rewrapped.stdout)).toMatchObject({ closed: [] })
        await rollOut(tally, [next.encryption], [next.cookie])
        ;[encryption, cookie] = [[next.encryption], [next.cookie]]
      }
      expect(load.signIns()).toBe(1)
    },
    FAULT_TIMEOUT_MS * times(10, 30),
  )
})

/** Each process in its turn is killed, and another one started in its place with these keys. */
async function rollOut(
  tally: ReturnType<typeof tallyFaults>,
  encryptionKeys: readonly Secret[],
  cookieKeys: readonly Secret[],
): Promise<void> {
  for (const old of [...servings]) {
    const harm = async () => {
      await old.stop('SIGKILL')
      servings = servings.filter((each) => each !== old)
    }
    await endure(chain.server, load, { harm }, tally)
    servings.push(await startServing(chain.server, { databaseUrl: link.databaseUrl, encryptionKeys, cookieKeys }))
  }
}
