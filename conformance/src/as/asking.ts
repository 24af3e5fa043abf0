import { type Finding, incomplete, notApplicable } from '../check/finding.ts'
import { type AuthorizationServer, EndpointMissing } from '../oauth/authorization-server.ts'
import type { AuthorizationServerSubject } from './subject.ts'

/** Something that a question stands on is not there: the question ends with this finding. */
export class Unmet extends Error {
  override readonly name = 'Unmet'
  readonly finding: Finding
  constructor(finding: Finding) {
    super(finding.detail)
    this.finding = finding
  }
}

export const missing = (why: string): Unmet => new Unmet(incomplete(why))
export const unasked = (why: string): Unmet => new Unmet(notApplicable(why))

/** Runs a question to its end, or to the first thing that it needs and that is not there. */
export function asking(
  question: (subject: AuthorizationServerSubject) => Promise<Finding> | Finding,
): (subject: AuthorizationServerSubject) => Promise<Finding> {
  return async (subject) => {
    try {
      return await question(subject)
    } catch (error) {
      if (error instanceof Unmet) return error.finding
      if (error instanceof EndpointMissing) return incomplete(error.message)
      throw error
    }
  }
}

/** The same for a question that is answered by the metadata alone, which was read before. */
export function reading(
  question: (subject: AuthorizationServerSubject) => Promise<Finding> | Finding,
): (subject: AuthorizationServerSubject) => Promise<Finding> {
  return asking((subject) => {
    subject.wire.cite(subject.met)
    return question(subject)
  })
}

/** @throws Unmet where the server has no metadata, so that nobody knows its endpoints */
export function serverOf({ server }: AuthorizationServerSubject): AuthorizationServer {
  if (server === undefined) throw missing('no metadata was found, so the endpoints are not known')
  return server
}

/** @throws Unmet where the operator did not say what a token is to be asked for */
export function resourceOf({ resource }: AuthorizationServerSubject): string {
  if (resource === undefined) throw unasked('no resource is known to ask tokens for: --resource names an MCP server')
  return resource
}

/** Sentence of every question that a person has to answer pages for. */
export const NEEDS_LOGIN = 'a person has to sign in for it: --login form:<name> with --password-env or --password-file'
