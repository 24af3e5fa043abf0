import { MESSAGES, pluralForm } from './messages.ts'
import { buildSentence, type Sentence } from './sentence.ts'
import type { ChangeView, ConsentView } from './views.ts'

/** What is different since the person agreed, as a notice. */
export interface Changes {
  readonly heading: Sentence
  readonly list: readonly Sentence[]
  readonly advice: string
}

export function buildChanges({ client, changes }: ConsentView): Changes | undefined {
  if (changes === undefined) return undefined
  return {
    heading: buildSentence(MESSAGES.changedHeading, { client: client.name }),
    list: changes.map(buildChange),
    advice: MESSAGES.changedAdvice,
  }
}

function buildChange(change: ChangeView): Sentence {
  switch (change.kind) {
    case 'name':
      return buildSentence(MESSAGES.changedName, { before: change.before, now: change.now })
    case 'name-unseen':
      return buildSentence(MESSAGES.changedNameUnseen, {})
    case 'returns':
      return buildSentence(MESSAGES.changedReturns, { address: change.address })
    case 'no-longer-returns':
      return buildSentence(MESSAGES.changedNoLongerReturns, { address: change.address })
    case 'returns-more':
      return buildSentence(pluralForm(MESSAGES.changedReturnsMore, change.count), { count: String(change.count) })
    case 'no-longer-returns-more':
      return buildSentence(pluralForm(MESSAGES.changedNoLongerReturnsMore, change.count), {
        count: String(change.count),
      })
    case 'signs':
      return buildSentence(MESSAGES.changedSigns, {})
    case 'no-longer-signs':
      return buildSentence(MESSAGES.changedNoLongerSigns, {})
    case 'keys':
      return buildSentence(MESSAGES.changedKeys, { added: String(change.added), removed: String(change.removed) })
    case 'keys-place':
      return buildKeysPlace(change.before, change.now)
    case 'unknown':
      return buildSentence(MESSAGES.changedUnknown, {})
  }
}

function buildKeysPlace(before: string | undefined, now: string | undefined): Sentence {
  if (before !== undefined && now !== undefined) return buildSentence(MESSAGES.changedKeysPlace, { before, now })
  if (now !== undefined) return buildSentence(MESSAGES.changedKeysMovedOut, { now })
  return buildSentence(MESSAGES.changedKeysMovedIn, { before: before ?? '' })
}
