import { describe, expect, it } from 'vitest'
import { CLIENT_PROFILES } from '../../conformance/src/quirks/profiles/all.ts'
import { type ClientsPage, clientsPage } from '../reference/clients-page.ts'

const [profile] = CLIENT_PROFILES
if (profile === undefined) throw new Error('there is no profile')
const score = { passed: 7, of: 9, stops: ['register'], warns: ['refresh'] }
const whole: ClientsPage = {
  profiles: [profile],
  scores: [{ server: 'mine', says: 'a server', clients: { [profile.id]: score } }],
  programs: [{ client: profile.id, test: 'server/test/e2e/sdk1.test.ts', program: 'a program' }],
  answers: { [profile.id]: 'We do this.' },
}

describe('the page of the clients', () => {
  it('says of each the score, the steps that stop it, the test of the real program, what we do, and every source', () => {
    const page = clientsPage(whole)
    const words = ['7 of 9; stops at register; without refresh', '(../server/test/e2e/sdk1.test.ts)', 'We do this.']
    words.push(profile.differs, ...profile.sources.map(({ url }) => url), ...profile.unknown)
    expect(words.filter((word) => !page.includes(word))).toEqual([])
  })

  it('says that a program was not run where no test runs it, and never that a replayed client works', () => {
    const page = clientsPage({ ...whole, programs: [] })
    expect(page).toMatch(/\| not run \|/)
    expect(page).not.toMatch(/\bworks\b/i)
  })

  it('is refused for a client without an answer, and for an answer or a program of nobody', () => {
    expect(() => clientsPage({ ...whole, answers: {} })).toThrow(`nothing says what we do about ${profile.id}`)
    expect(() => clientsPage({ ...whole, answers: { ...whole.answers, nobody: '' } })).toThrow(
      'no client is called nobody',
    )
    const strays = [{ client: 'nobody', test: '', program: '' }]
    expect(() => clientsPage({ ...whole, programs: strays })).toThrow('no client is called nobody')
  })
})
