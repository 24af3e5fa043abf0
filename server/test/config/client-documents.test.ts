import { describe, expect, it } from 'vitest'
import { problemsOf, settingsOf } from './loading.ts'

const written = (section: string) => ({ 'sallyport.yaml': `clientDocuments: ${section}` })

describe('clientDocuments (AS-CON-11)', () => {
  it('takes the documents of everybody and trusts nobody unless something is said', () => {
    const { clientDocuments } = settingsOf({})
    expect(clientDocuments).toEqual({ mode: 'open', trustedHosts: [], deniedHosts: [], knownClients: true })
  })

  it.each(['claude.ai', 'app.example.com:8443', 'xn--e1afmkfd.example'])(
    'trusts the host %s as it is written in URLs',
    (host) => {
      const { clientDocuments } = settingsOf(written(`{ mode: trusted, trustedHosts: ['${host}'] }`))
      expect(clientDocuments).toMatchObject({ mode: 'trusted', trustedHosts: [host] })
      expect(new URL(`https://${host}/`).host).toBe(host)
    },
  )

  it.each([
    'Claude.ai',
    'https://claude.ai',
    'claude.ai/',
    '*.claude.ai',
    '.claude.ai',
    'claude.ai.',
    'claude.ai:443',
    'claude.ai:0',
    'claude',
    '*',
    'user@claude.ai',
    'кириллица.example',
  ])('does not trust %j, which no client could have as its host', (host) => {
    expect(problemsOf(written(`{ trustedHosts: ['${host}'] }`))).toEqual([
      expect.stringMatching(/clientDocuments\.trustedHosts\[0\].*\[SALLYPORT_E_SETTINGS_VALUE\]/),
    ])
  })

  it('is refused when it takes trusted hosts alone and names none', () => {
    expect(problemsOf(written('{ mode: trusted }'))).toEqual([
      expect.stringMatching(
        /clientDocuments\.mode: takes the documents of trustedHosts alone.*\[SALLYPORT_E_SETTINGS_VALUE\]/,
      ),
    ])
  })

  it.each(['on', 'closed', 'true'])('is refused with the mode %s', (mode) => {
    expect(problemsOf(written(`{ mode: ${mode} }`))).toHaveLength(1)
  })
})
