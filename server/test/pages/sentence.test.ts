import { describe, expect, it } from 'vitest'
import { durationLabel, MESSAGES, permissionEnd, pluralForm } from '../../src/http/pages/messages.ts'
import { buildSentence, plainText } from '../../src/http/pages/sentence.ts'

describe('a sentence', () => {
  it('tells our words from the values put into them', () => {
    expect(buildSentence('Allow {client} now?', { client: 'Acme' })).toEqual([
      { text: 'Allow ', isValue: false },
      { text: 'Acme', isValue: true },
      { text: ' now?', isValue: false },
    ])
  })

  it('leaves a value alone that looks like a placeholder', () => {
    const sentence = buildSentence(MESSAGES.consentHeading, { client: '{resource}', resource: '{client}' })
    expect(plainText(sentence)).toBe('Allow {resource} to use {client}?')
  })
})

describe('times in the catalogue', () => {
  it.each([
    { seconds: 28_800, label: 'For this session (8 hours)', end: 'lasts at most 8 hours' },
    { seconds: 3_600, label: 'For this session (1 hour)', end: 'lasts at most 1 hour' },
    { seconds: 5_400, label: 'For this session (1.5 hours)', end: 'lasts at most 1.5 hours' },
    { seconds: 900, label: 'For this session (15 minutes)', end: 'lasts at most 15 minutes' },
    { seconds: 30, label: 'For this session (1 minute)', end: 'lasts at most 1 minute' },
  ])('say $seconds seconds in words', ({ seconds, label, end }) => {
    expect(durationLabel('session', seconds)).toBe(label)
    expect(permissionEnd('session', seconds)).toBe(end)
  })

  it('have a plural', () => {
    expect(pluralForm(MESSAGES.tools, 1)).toBe(MESSAGES.tools.one)
    expect(pluralForm(MESSAGES.tools, 2)).toBe(MESSAGES.tools.other)
  })
})
