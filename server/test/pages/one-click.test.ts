import { describe, expect, it } from 'vitest'
import { createPages } from '../../src/http/pages/index.ts'
import { findTags, sectionOf, textOf, valuesOf } from './markup.ts'
import { consent, oneClick } from './sample-views.ts'

const pages = createPages({ basePath: '' })
const html = pages.consent(oneClick)

describe('the one-click page', () => {
  it('is the consent form without boxes and durations', () => {
    expect(findTags(html, 'input', { name: 'scope' })).toEqual([])
    expect(findTags(html, 'input', { name: 'duration' })).toEqual([])
    const form = sectionOf(html, '<form', '</form>')
    expect(valuesOf(findTags(form, 'form'), 'action')).toEqual([oneClick.action])
    expect(valuesOf(findTags(form, 'input'), 'name')).toEqual(['csrf'])
    expect(valuesOf(findTags(form, 'button'), 'value')).toEqual(['deny', 'allow'])
    expect(textOf(form)).toMatch(/Deny Continue$/)
  })

  it('AS-CON-08: names app, server and where it leads, and warns as the full page does', () => {
    const text = textOf(html)
    expect(text).toContain('Allow Acme IDE to use GitHub MCP?')
    expect(text).toContain('Requested by Acme IDE verified domain ide.acme.dev')
    expect(text).toContain('Sends you back to 127.0.0.1:51234, a program on this computer')
    expect(text).toContain('Did you start this from Acme IDE just now?')
  })

  it('says that nothing new is asked and what was allowed before', () => {
    expect(textOf(html)).toContain('It asks for nothing new')
    expect(textOf(html)).toContain('Already allowed (2)')
  })

  it('says so when there is no permission at all', () => {
    const text = textOf(pages.consent({ ...oneClick, alreadyAllowed: [] }))
    expect(text).toContain('It asks for no permission beyond knowing who you are.')
    expect(text).not.toContain('Already allowed')
    expect(text).toContain('Scopes none')
  })

  it('differs from the consent page in what the second button says', () => {
    expect(textOf(pages.consent(consent))).toContain('Deny Allow selected')
  })
})
