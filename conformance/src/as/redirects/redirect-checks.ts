import type { Check } from '../../check/check.ts'
import type { AuthorizationServerSubject } from '../subject.ts'
import {
  localhostPort,
  loopbackPort,
  otherHttpsPort,
  redirectHost,
  redirectPath,
  redirectQuery,
  untypedPort,
} from './comparison.ts'
import { fragmentRedirect, httpRedirect, scriptRedirect } from './registered.ts'

/** Where the answer may go. */
export const redirectChecks: readonly Check<AuthorizationServerSubject>[] = [
  redirectPath,
  redirectQuery,
  redirectHost,
  otherHttpsPort,
  loopbackPort,
  localhostPort,
  untypedPort,
  httpRedirect,
  scriptRedirect,
  fragmentRedirect,
]
