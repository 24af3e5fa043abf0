import type { Check } from '../../check/check.ts'
import type { AuthorizationServerSubject } from '../subject.ts'
import { documentAccepted, documentsOffered, errorsNotKept, redirectHostShown } from './accepted.ts'
import {
  documentElsewhere,
  documentIncomplete,
  documentNameless,
  documentOfAnother,
  documentRedirectUri,
  documentTooLarge,
  documentUrl,
  documentWithSecret,
} from './wrong.ts'

/** Clients that are known by a document. */
export const documentChecks: readonly Check<AuthorizationServerSubject>[] = [
  documentsOffered,
  documentAccepted,
  redirectHostShown,
  documentOfAnother,
  documentIncomplete,
  documentNameless,
  documentUrl,
  documentElsewhere,
  documentWithSecret,
  documentRedirectUri,
  documentTooLarge,
  errorsNotKept,
]
