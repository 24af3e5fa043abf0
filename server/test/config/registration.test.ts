import { describe, expect, it } from 'vitest'
import { load, problemsOf, randomKey, settingsOf } from './loading.ts'

const TOKEN = randomKey()
const written = (section: string) => ({ 'sallyport.yaml': `registration: ${section}`, 'secrets/token': `${TOKEN}\n` })

describe('registration', () => {
  it('is open unless something is said', () => {
    expect(settingsOf({}).registration).toEqual({ mode: 'open' })
  })

  it.each([
    { from: 'the settings file', section: `{ mode: token, initialAccessToken: '${TOKEN}' }`, env: {} },
    { from: 'a file of its own', section: '{ mode: token, initialAccessTokenFile: secrets/token }', env: {} },
    { from: 'the environment', section: '{ mode: token }', env: { SALLYPORT_INITIAL_ACCESS_TOKEN: TOKEN } },
    {
      from: 'a file that the environment names',
      section: '{ mode: token }',
      env: { SALLYPORT_INITIAL_ACCESS_TOKEN_FILE: 'secrets/token' },
    },
  ])('takes the initial access token from $from, and nothing that prints the settings shows it', ({ section, env }) => {
    const { registration } = settingsOf(written(section), { env })
    expect(registration).toMatchObject({ mode: 'token' })
    expect(registration.mode === 'token' && registration.initialAccessToken.reveal()).toBe(TOKEN)
    expect(JSON.stringify(load(written(section), { env }))).not.toContain(TOKEN)
  })

  it('by token is refused without one, because nobody could register', () => {
    expect(problemsOf(written('{ mode: token }'))).toEqual([
      expect.stringMatching(/registration.*SALLYPORT_INITIAL_ACCESS_TOKEN.*\[SALLYPORT_E_SETTINGS_MISSING\]/),
    ])
  })

  it.each(['open', 'off'])(
    'that is %s is refused beside a token, which would make somebody believe it is asked for',
    (mode) => {
      expect(problemsOf(written(`{ mode: ${mode}, initialAccessTokenFile: secrets/token }`))).toEqual([
        expect.stringMatching(/registration\.initialAccessToken.*\[SALLYPORT_E_SETTINGS_CONFLICT\]/),
      ])
    },
  )

  it.each([
    { token: 'short', because: 'it can be guessed' },
    { token: 'a'.repeat(40), because: 'it is one letter over and over' },
    { token: `${'abcdefghij'.repeat(4)} x`, because: 'a header could not carry it' },
    { token: `${'abcdefghij'.repeat(4)}"`, because: 'a header could not carry it' },
  ])('is refused with the token $token: $because', ({ token }) => {
    const problems = problemsOf(written(`{ mode: token, initialAccessToken: '${token}' }`))
    expect(problems).toEqual([
      expect.stringMatching(/registration\.initialAccessToken.*\[SALLYPORT_E_SETTINGS_VALUE\]/),
    ])
  })
})
