import type { Pages } from './pages/index.ts'

/**
 * What a refusal means to the person who sees it: the app asked for something wrong, the address or form was wrong, the form
 * is not of its page, the page is no longer what it was, or the server cannot at the moment.
 */
export type Situation = 'refused' | 'unreadable' | 'forged' | 'gone' | 'unavailable'

/** A refusal as a person is told about it. */
export interface PersonalRefusal {
  readonly situation: Situation
  readonly error: string
  readonly code: string
  /** What exactly was wrong. */
  readonly description: string
  readonly correlationId: string
}

interface Words {
  readonly title: string
  readonly message?: string
  readonly advice: string
}

const BACK_TO_THE_APP =
  'Nothing was sent to the app. Go back to it and start again; if that does not help, remove this connection there and add it anew.'

const WORDS: Readonly<Record<Situation, Words>> = {
  refused: {
    title: 'This request cannot go on',
    message: 'The app that sent you here asked in a way that this server does not accept.',
    advice: BACK_TO_THE_APP,
  },
  unreadable: { title: 'This request cannot go on', advice: BACK_TO_THE_APP },
  forged: {
    title: 'This form cannot be accepted',
    message: 'It does not belong to the page that was opened in this browser.',
    advice: 'Go back to the app you came from and start again.',
  },
  gone: {
    title: 'This page is no longer valid',
    message: 'It was already used, it waited too long, you have signed out, or it was opened in another browser.',
    advice: 'Go back to the app you came from and start again.',
  },
  unavailable: {
    title: 'The server cannot answer right now',
    message: 'Something it needs did not answer. Nothing was sent to the app that asked.',
    advice: 'Wait a few seconds, then load this page again.',
  },
}

/** The page about a refusal. */
export function renderRefusal(page: { pages: Pages; issuerHost: string }, refusal: PersonalRefusal): string {
  const { situation, error, code, description, correlationId } = refusal
  const { title, message = description, advice } = WORDS[situation]
  const view = { issuerHost: page.issuerHost, correlationId, error, code, title, message, advice }
  return page.pages.error(situation === 'refused' ? { ...view, reason: description } : view)
}
