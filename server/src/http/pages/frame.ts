import { MESSAGES } from './messages.ts'
import { buildSentence, plainText, type Sentence } from './sentence.ts'
import type { TemplateName } from './templates/index.ts'

/** What surrounds the content of a page. */
export interface Frame {
  /** First part of the document title. */
  readonly title: string
  readonly issuerHost: string
  readonly signedInAs?: Sentence
  /** The "Not you?" button and the form it belongs to. */
  readonly switchAccount?: { readonly action: string; readonly csrf: string }
  /** Where the page moves on to by itself. */
  readonly refreshTo?: string
  /** Whether the page talks to an authenticator. */
  readonly hasScript?: boolean
  /** Absent where the content shows it itself. */
  readonly footerRequestId?: string
}

/** One page, ready for its template: `content` becomes `it` there. */
export interface Page {
  readonly frame: Frame
  readonly template: TemplateName
  readonly content: object
}

/** "Error:" comes first, so that a screen reader says it first (WCAG 2.2 SC 3.3.1). */
export function buildErrorTitle(error: string): string {
  return plainText(buildSentence(MESSAGES.titleError, { message: error }))
}

export function buildTitle(heading: string, error: string | undefined): string {
  return error === undefined ? heading : `${buildErrorTitle(error)} · ${heading}`
}
