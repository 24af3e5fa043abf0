import { SIGN_IN_CODES } from '../http/authenticate.ts'
import { CODES } from '../http/endpoints.ts'
import { PAGE_CODES } from '../http/interaction/answer.ts'
import { allErrors, CLIENT_DOCUMENT_UNUSABLE } from '../provider/error-catalogue.ts'
import { OVERLOADED_CODE } from '../store/overload.ts'

/** Every code that a caller can be answered, in order. */
export const REFUSAL_CODES: readonly string[] = [
  ...new Set([
    ...allErrors().map(({ code }) => code),
    CLIENT_DOCUMENT_UNUSABLE.code,
    ...Object.values(CODES),
    ...Object.values(PAGE_CODES),
    ...Object.values(SIGN_IN_CODES),
    OVERLOADED_CODE,
  ]),
].sort()
