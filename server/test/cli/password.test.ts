import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { MIN_PASSWORD_CHARACTERS } from '../../src/config/password-rule.ts'
import { openStore, type Store } from '../../src/store/index.ts'
import { verifyPassword } from '../../src/store/password.ts'
import { createTestDatabase, type TestDatabase } from '../setup/database.ts'
import { type RunOptions, run } from './fake-terminal.ts'

const PASSWORD = 'correct horse battery'
const folder = mkdtempSync(join(tmpdir(), 'sallyport-password-'))
let database: TestDatabase
let store: Store
let count = 0

beforeAll(async () => {
  database = await createTestDatabase()
  store = openStore({ databaseUrl: database.url, poolSize: 1 })
})
afterAll(async () => {
  await store.close()
  await database.drop()
  rmSync(folder, { recursive: true })
})

let login = ''
afterEach(() => {
  login = ''
})

/** Adds a user of a new login. */
const add = (args: readonly string[], options: RunOptions = {}) => {
  count += 1
  login = `user${count}`
  return run(['user', 'add', login, ...args], { env: { DATABASE_URL: database.url }, cwd: folder, ...options })
}
const stored = async () => (await store.accounts.findForSignIn(login))?.passwordHash
const file = (text: string) => {
  writeFileSync(join(folder, 'password'), text)
  return ['--password-file', 'password']
}

describe('a new password', () => {
  it.each([
    { from: 'a file', act: () => add(file(`${PASSWORD}\n`)) },
    { from: 'a file without a line end', act: () => add(file(PASSWORD)) },
    { from: 'a file with Windows line ends', act: () => add(file(`${PASSWORD}\r\n`)) },
    { from: 'standard input', act: () => add(['--password-stdin'], { stdin: `${PASSWORD}\n` }) },
    { from: 'the terminal', act: () => add([], { typed: [`${PASSWORD}\r`, `${PASSWORD}\r`] }) },
  ])('is read from $from', async ({ act }) => {
    const { code, stdout, stderr } = await act()
    expect(stderr.replaceAll(/New password: |The same again: |\n/g, '')).toBe('')
    expect(code).toBe(0)
    expect(stdout).toMatch(new RegExp(`^user {2}${login}\\nid {4}\\S+\\n$`))
    expect(await verifyPassword(PASSWORD, await stored())).toBe(true)
  })

  it('is not shown while it is typed', async () => {
    const { stdout, stderr } = await add([], { typed: [`${PASSWORD}\r`, `${PASSWORD}\r`] })
    expect(stdout + stderr).not.toContain('horse')
    expect(stderr).toContain('New password: \nThe same again: \n')
  })

  it('that was typed twice differently adds nobody', async () => {
    const { code, stderr } = await add([], { typed: [`${PASSWORD}\r`, `${PASSWORD}!\r`] })
    expect(code).toBe(2)
    expect(stderr).toContain('the two passwords differ')
    expect(await stored()).toBeUndefined()
  })

  it.each([
    { how: 'Ctrl-C', key: '\u0003' },
    { how: 'Ctrl-D', key: '\u0004' },
  ])('can be given up with $how, which adds nobody and exits with 130', async ({ key }) => {
    const { code } = await add([], { typed: [key] })
    expect(code).toBe(130)
    expect(await stored()).toBeUndefined()
  })

  it.each([
    { because: 'short', password: 'x7'.repeat(7), says: `at least ${MIN_PASSWORD_CHARACTERS} characters` },
    { because: 'empty', password: '', says: 'at least' },
    { because: 'endless', password: 'abcdefgh'.repeat(200), says: 'at most 1024' },
    { because: 'one key held down', password: 'a'.repeat(20), says: 'repeats' },
  ])('that is $because is refused and not repeated', async ({ password, says }) => {
    const { code, stdout, stderr } = await add(file(password))
    expect(code).toBe(2)
    expect(stderr).toContain(says)
    if (password !== '') expect(stdout + stderr).not.toContain(password)
    expect(await stored()).toBeUndefined()
  })

  it('that is the login again is refused', async () => {
    const { code, stderr } = await run(['user', 'add', 'alexandria-quartermain', '--password-stdin'], {
      env: { DATABASE_URL: database.url },
      stdin: 'Alexandria-Quartermain1\n',
    })
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('the login again') })
  })

  it('cannot come from two places', async () => {
    const { code, stderr } = await add([...file(PASSWORD), '--password-stdin'], { stdin: PASSWORD })
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('not both') })
  })

  it('from a file that cannot be read names the file', async () => {
    const { code, stderr } = await add(['--password-file', 'missing'])
    expect(code).toBe(2)
    expect(stderr).toContain(`${join(folder, 'missing')} does not exist`)
  })

  it('from an input that is no password is not read to its end', async () => {
    const { code, stderr } = await add(['--password-stdin'], { stdin: 'x'.repeat(100_000) })
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('too long') })
  })
})
