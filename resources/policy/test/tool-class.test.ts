import {
  accessTokenSeconds,
  type Duration,
  shorterDuration,
  TOOL_CLASSES,
  type ToolClass,
  UNLISTED_TOOL,
} from '@sallyport/policy'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const CLASSES: readonly ToolClass[] = ['discovery', 'read', 'write', 'external-network', 'destructive', 'admin']
const toolClass = fc.constantFrom(...CLASSES)
const duration = fc.constantFrom<Duration>('once', 'session', 'until_revoked')

describe('tool classes', () => {
  it('are ordered by harm', () => {
    const bySeverity = [...CLASSES].sort((a, b) => TOOL_CLASSES[a].severity - TOOL_CLASSES[b].severity)
    expect(bySeverity).toEqual(CLASSES)
  })

  it('ask for discovery and read only at the first challenge', () => {
    expect(CLASSES.filter((name) => TOOL_CLASSES[name].initial)).toEqual(['discovery', 'read'])
  })

  it('keep destructive and admin out of ordinary tokens and for one call only', () => {
    expect(CLASSES.filter((name) => !TOOL_CLASSES[name].standing)).toEqual(['destructive', 'admin'])
    expect(CLASSES.filter((name) => TOOL_CLASSES[name].longest === 'once')).toEqual(['destructive', 'admin'])
  })

  it('tick discovery, read and write on the consent page and leave the rest to the person', () => {
    expect(CLASSES.filter((name) => TOOL_CLASSES[name].preTicked)).toEqual(['discovery', 'read', 'write'])
  })

  it('deny a tool that nobody listed', () => {
    expect(TOOL_CLASSES[UNLISTED_TOOL].standing).toBe(false)
  })
})

describe('shorterDuration', () => {
  it('never answers longer than either side', () => {
    const order = ['once', 'session', 'until_revoked']
    fc.assert(
      fc.property(duration, duration, (a, b) => {
        const shorter = order.indexOf(shorterDuration(a, b))
        expect(shorter).toBe(Math.min(order.indexOf(a), order.indexOf(b)))
      }),
    )
  })
})

describe('accessTokenSeconds', () => {
  const lifetimes = fc.record({
    accessTokenSeconds: fc.integer({ min: 60, max: 3600 }),
    accessTokenElevatedSeconds: fc.integer({ min: 60, max: 3600 }),
  })

  it('is the elevated lifetime as soon as one scope is more than reading', () => {
    const defaults = { accessTokenSeconds: 600, accessTokenElevatedSeconds: 300 }
    expect(accessTokenSeconds(['discovery', 'read'], defaults)).toBe(600)
    expect(accessTokenSeconds(['read', 'write'], defaults)).toBe(300)
    expect(accessTokenSeconds([], defaults)).toBe(600)
  })

  it('is never longer than any of the classes allows', () => {
    fc.assert(
      fc.property(fc.array(toolClass), lifetimes, (classes, seconds) => {
        const whole = accessTokenSeconds(classes, seconds)
        for (const one of classes) expect(whole).toBeLessThanOrEqual(accessTokenSeconds([one], seconds))
      }),
    )
  })

  it('is never lengthened by another class', () => {
    fc.assert(
      fc.property(fc.array(toolClass), toolClass, lifetimes, (classes, another, seconds) => {
        expect(accessTokenSeconds([...classes, another], seconds)).toBeLessThanOrEqual(
          accessTokenSeconds(classes, seconds),
        )
      }),
    )
  })
})
