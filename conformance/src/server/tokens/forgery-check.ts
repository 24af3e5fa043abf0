import type { Check } from '../../check/check.ts'
import { doubtful, type Finding, faulty, incomplete, notApplicable, sound } from '../../check/finding.ts'
import type { MintChange } from '../../issuer/hostile-issuer.ts'
import type { RealToken, TokenWish } from '../real-tokens.ts'
import type { ServerSubject } from '../subject.ts'
import { createForger, type Forger } from './forger.ts'
import { asksForTokens, OPEN_TO_ALL, present, type Received, whyNoControl } from './reception.ts'

/** A token with one thing wrong. */
export interface Forgery {
  /** What is wrong with it, to end the sentence "it took a token …". */
  readonly name: string
  readonly change: MintChange
  /** A real token that is as wrong, for where no key of the issuer is to be had. */
  readonly real?: TokenWish
  /** What it means when the server takes it: `faulty` unless a sound server may have a reason that is not seen here. */
  readonly taken?: 'faulty' | 'doubtful'
  /** A plainer forgery that other checks ask about: who takes that one takes this one for the same reason. */
  readonly unless?: MintChange
}

export interface ForgeryCheck extends Omit<Check<ServerSubject>, 'run' | 'permission'> {
  /** The forgeries that make sense for this subject; none makes the check not-applicable. */
  readonly forgeries: (forger: Forger, subject: ServerSubject) => readonly Forgery[]
  /** Why there may be none, in words for the report. */
  readonly otherwise?: string
}

interface Forged {
  readonly forgery: Forgery
  readonly token: string
  /** Made by the issuer for another purpose, so that more than one thing may be wrong with it. */
  readonly isReal: boolean
}

interface Outcome extends Received, Forged {}

const NEEDS_ISSUER =
  'these tokens need a key of the issuer that the server trusts; let it trust the examiner by --start or --issuer-port'

const LACKS_SCOPES =
  'the real token was refused with 403, for its scopes, which says nothing of what else is wrong with it: name a server with the same scopes'

/** A check that presents a sound token and then, one after the other, forgeries of it. */
export function forgeryCheck({ forgeries, otherwise, ...check }: ForgeryCheck): Check<ServerSubject> {
  return {
    ...check,
    async run(subject) {
      const { acceptedToken, whyNoToken = 'no token is known to be accepted' } = subject
      if (acceptedToken === undefined) return incomplete(whyNoToken)
      const forger = createForger(subject)
      const wanted = forgeries(forger, subject)
      if (wanted.length === 0) return notApplicable(otherwise ?? 'this server gives no occasion for it')
      const { forged, whyNot } = await forgeAll(forger, wanted, subject)
      if (forged.length === 0) return notApplicable(whyNot.length === 0 ? NEEDS_ISSUER : whyNot.join('; '))
      return judgeForged(subject, forger, forged)
    },
  }
}

async function judgeForged(subject: ServerSubject, forger: Forger, forged: readonly Forged[]): Promise<Finding> {
  const missing = await whyNoControl(subject)
  if (missing !== undefined) return incomplete(missing)
  const outcomes = await presentAll(subject, forger, forged)
  if (outcomes.length > 0) return (await accusationOf(subject, outcomes)) ?? acquit(outcomes)
  const isAnyReal = forged.some(({ isReal }) => isReal)
  return notApplicable(isAnyReal ? LACKS_SCOPES : 'it takes plainer forgeries for the same reason')
}

async function presentAll(subject: ServerSubject, forger: Forger, forged: readonly Forged[]) {
  const outcomes: Outcome[] = []
  for (const { forgery, token, isReal } of forged) {
    const received = await present(subject, token)
    if (isReal && received.status === 403) continue
    const explained = received.reception === 'accepted' && (await takes(subject, forger, forgery.unless))
    if (!explained) outcomes.push({ forgery, token, isReal, ...received })
  }
  return outcomes
}

async function takes(subject: ServerSubject, forger: Forger, change: MintChange | undefined): Promise<boolean> {
  const token = change === undefined ? undefined : await forger.forge(change)
  return token !== undefined && (await present(subject, token)).reception === 'accepted'
}

async function forgeAll(
  forger: Forger,
  forgeries: readonly Forgery[],
  { tokens }: ServerSubject,
): Promise<{ readonly forged: readonly Forged[]; readonly whyNot: readonly string[] }> {
  const forged: Forged[] = []
  const whyNot: string[] = []
  for (const forgery of forgeries) {
    const token = await forger.forge(forgery.change)
    const real = token === undefined && forgery.real !== undefined ? await tokens?.get(forgery.real) : undefined
    if (token !== undefined) forged.push({ forgery, token, isReal: false })
    else if (real?.kind === 'token') forged.push(forgedOf(forgery, real))
    else if (real?.kind === 'none') whyNot.push(real.why)
  }
  return { forged, whyNot }
}

/** Of a token that cannot be read only the issuer knows whom it is for, and it may have ignored what it was asked. */
function forgedOf(forgery: Forgery, { token, isOpaque = false }: Extract<RealToken, { kind: 'token' }>): Forged {
  return { forgery: isOpaque ? { ...forgery, taken: 'doubtful' } : forgery, token, isReal: true }
}

/** What was taken is shown once more: who reads the report sees it last, and can send that request again. */
async function accusationOf(subject: ServerSubject, outcomes: readonly Outcome[]): Promise<Finding | undefined> {
  const taken = outcomes.filter(({ reception }) => reception === 'accepted')
  const wrong = taken.filter(({ forgery }) => forgery.taken !== 'doubtful')
  const [shown] = wrong.length > 0 ? wrong : taken
  if (shown === undefined) return undefined
  if (!(await asksForTokens(subject))) return incomplete(OPEN_TO_ALL)
  const again = await present(subject, shown.token)
  if (again.reception !== 'accepted') {
    return doubtful(`it took a token ${shown.forgery.name} once, and answered ${again.status} when it came again`)
  }
  return wrong.length > 0 ? faulty(`it took a token ${names(wrong)}`) : doubtful(`it took a token ${names(taken)}`)
}

function acquit(outcomes: readonly Outcome[]): Finding {
  const unclear = outcomes.filter(({ reception }) => reception === 'unclear')
  if (unclear.length > 0) {
    const answers = unclear.map(({ forgery, status }) => `${status} to a token ${forgery.name}`).join(', ')
    return doubtful(`it answered ${answers}, which is neither acceptance nor a refusal that a client understands`)
  }
  return sound(`it refused a token ${names(outcomes)}, and took a sound one`)
}

function names(outcomes: readonly Outcome[]): string {
  return outcomes.map(({ forgery }) => forgery.name).join(', and one ')
}
