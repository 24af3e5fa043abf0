import { describe, expect, it } from 'vitest'
import { createPages } from '../../src/http/pages/index.ts'
import { findTags, sectionOf, textOf, titleOf, valuesOf } from './markup.ts'
import * as samples from './sample-views.ts'

const pages = createPages({ basePath: '' })
const { consent } = samples
const html = pages.consent(consent)

describe('the consent form, as scripted logins use it', () => {
  it('is the first form of the page, posts where the view says, and each form carries the CSRF value', () => {
    const forms = findTags(html, 'form')
    expect(valuesOf(forms, 'action')).toEqual([consent.action, consent.action])
    expect(valuesOf(forms, 'method')).toEqual(['post', 'post'])
    expect(valuesOf(findTags(html, 'input', { type: 'hidden' }), 'name')).toEqual(['csrf', 'csrf'])
    expect(valuesOf(findTags(html, 'input', { name: 'csrf' }), 'value')).toEqual(['csrf-1', 'csrf-1'])
    expect(sectionOf(html, '<form', '</form>')).toContain('name="scope"')
  })

  it('has one box `scope` for each new scope, none for those allowed before', () => {
    expect(valuesOf(findTags(html, 'input', { type: 'checkbox', name: 'scope' }), 'value')).toEqual([
      'mcp:issue:create',
      'mcp:url:fetch',
    ])
  })

  it('ticks the boxes the view ticks and no other', () => {
    const all = [
      samples.listRepositories,
      samples.readIssues,
      samples.createIssues,
      samples.fetchPages,
      samples.deleteBranches,
      samples.rotateSecrets,
    ]
    const boxes = findTags(pages.consent({ ...consent, newPermissions: all }), 'input', { name: 'scope' })
    const ticked = boxes.filter((box) => box.attributes.has('checked'))
    expect(valuesOf(ticked, 'value')).toEqual(['mcp:repositories:list', 'mcp:issue:read', 'mcp:issue:create'])
  })

  it('has one radio `duration` for each duration and preselects one', () => {
    const radios = findTags(html, 'input', { type: 'radio', name: 'duration' })
    expect(valuesOf(radios, 'value')).toEqual(['once', 'session', 'until_revoked'])
    expect(
      valuesOf(
        radios.filter((radio) => radio.attributes.has('checked')),
        'value',
      ),
    ).toEqual(['until_revoked'])
  })

  it('has Deny before Allow, so that Enter never means Allow', () => {
    const buttons = findTags(sectionOf(html, '<form', '</form>'), 'button')
    expect(valuesOf(buttons, 'name')).toEqual(['decision', 'decision'])
    expect(valuesOf(buttons, 'value')).toEqual(['deny', 'allow'])
    expect(valuesOf(buttons, 'type')).toEqual(['submit', 'submit'])
  })

  it('has "Not you?" as a button of another form', () => {
    const [button] = findTags(html, 'button', { name: 'decision', value: 'switch' })
    expect(button?.attributes.get('form')).toBe('switch-account')
    expect(findTags(html, 'form', { id: 'switch-account' })).toHaveLength(1)
  })
})

describe('what a person reads on the consent page', () => {
  it('AS-CON-04: asks one question that names app and server', () => {
    expect(textOf(sectionOf(html, '<h1', '</h1>'))).toBe('Allow Acme IDE to do more with GitHub MCP?')
    expect(titleOf(html)).toBe('Allow Acme IDE to do more with GitHub MCP? · auth.example.com')
    expect(textOf(html)).toContain('Works on GitHub MCP https://mcp.example.com/github')
  })

  it('starts with the issuer and who is signed in', () => {
    expect(textOf(html)).toMatch(/^auth\.example\.com signed in as alice Not you\?/)
  })

  it.each([
    { verification: { kind: 'verified-domain', host: 'ide.acme.dev' }, says: 'verified domain ide.acme.dev' },
    { verification: { kind: 'pre-registered' }, says: 'pre-registered by your administrator' },
    { verification: { kind: 'unverified' }, says: 'unverified: registered itself' },
  ] as const)('AS-CON-03: says beside the name what was verified: $says', ({ verification, says }) => {
    const page = pages.consent({ ...consent, client: { ...consent.client, verification } })
    expect(textOf(page)).toContain(`Requested by Acme IDE ${says}`)
  })

  it.each([
    { kind: 'web', display: 'ide.acme.dev', says: 'Sends you back to ide.acme.dev' },
    { kind: 'loopback', display: '127.0.0.1:51234', says: 'back to 127.0.0.1:51234, a program on this computer' },
    { kind: 'private-use', display: 'cursor', says: 'Sends you back to the app cursor:' },
    { kind: 'private-use', display: 'cursor:', says: 'Sends you back to the app cursor: ' },
  ] as const)('AS-CON-01: says where the answer goes ($kind)', ({ kind, display, says }) => {
    expect(textOf(pages.consent({ ...consent, redirect: { uri: 'x:/y', kind, display } }))).toContain(says)
  })

  it.each([
    { kind: 'web', warns: false },
    { kind: 'loopback', warns: true },
    { kind: 'private-use', warns: true },
  ] as const)('AS-CON-02: warns of programs that pass as the app ($kind: $warns)', ({ kind, warns }) => {
    const text = textOf(pages.consent({ ...consent, redirect: { uri: 'x:/y', kind, display: 'there' } }))
    expect(text.includes('Did you start this from Acme IDE just now?')).toBe(warns)
  })

  it('says in words that the server was chosen for an app that named none', () => {
    const sentence = 'Acme IDE did not say which server it wants, so this server was chosen for it.'
    expect(textOf(html)).not.toContain(sentence)
    expect(textOf(pages.consent({ ...consent, resourceWasDefaulted: true }))).toContain(sentence)
  })

  it('AS-CON-10: tells what is new from what is kept', () => {
    const text = textOf(html)
    expect(text).toContain('New permissions 2')
    expect(text).toContain('Already allowed (2)')
  })

  it('asks the first time whether the app may use the server, and nothing is called new', () => {
    const first = pages.consent({ ...consent, alreadyAllowed: [] })
    expect(titleOf(first)).toBe('Allow Acme IDE to use GitHub MCP? · auth.example.com')
    expect(textOf(first)).toContain('Permissions 2')
    expect(textOf(first)).not.toMatch(/New permissions|do more|Already allowed/)
  })

  it('names the tools of a permission and its class in a word', () => {
    const row = textOf(sectionOf(html, '<li class="permission class-write">', '</li>'))
    expect(row).toContain('Create and edit issues write 2 tools: issue_create, issue_comment')
  })

  it('shows an error in the title, above the facts, and at the boxes', () => {
    const page = pages.consent({ ...consent, error: 'Choose at least one permission, or deny.' })
    expect(titleOf(page)).toMatch(/^Error: Choose at least one permission, or deny\. · Allow/)
    expect(valuesOf(findTags(page, 'fieldset'), 'aria-describedby')).toEqual(['error', undefined])
  })

  it('folds client id, full redirect URI, scopes and request id away, as text', () => {
    const details = textOf(html.slice(html.lastIndexOf('<details>')))
    expect(details).toContain(`Client id ${consent.client.clientId}`)
    expect(details).toContain(`Redirect URI ${consent.redirect.uri}`)
    expect(details).toContain('Scopes mcp:issue:create mcp:url:fetch mcp:repositories:list mcp:issue:read')
    expect(details).toContain(`Request id ${consent.correlationId}`)
  })
})
