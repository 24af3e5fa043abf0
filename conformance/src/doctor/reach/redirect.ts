import { headerOf, type WireAnswer } from '../../wire/message.ts'
import { isSignInAddress } from '../page.ts'
import { type Step, stop, warn } from '../step.ts'

/** Where the answer sends on; undefined for what is no redirect. */
export function redirectOf(url: string, answer: WireAnswer): string | undefined {
  const location = headerOf(answer, 'location')
  if (answer.status < 300 || answer.status > 399 || location === undefined) return undefined
  return URL.canParse(location, url) ? new URL(location, url).href : undefined
}

/**
 * A redirect of the endpoint itself. 301 to 303 make a GET without a body of a POST; 307 and 308 keep it, and the token is
 * kept within one origin alone.
 */
export function judgeRedirect(url: string, to: string, { status }: WireAnswer): Step {
  const [from, target] = [new URL(url), new URL(to)]
  if (isSignInAddress(to)) return stop('reach', signIn(url, to, status))
  const keepsAll = (status === 307 || status === 308) && from.origin === target.origin
  const loses = keepsAll
    ? 'clients that follow no redirects stop here'
    : status === 307 || status === 308
      ? 'clients take the token out where the origin changes'
      : 'clients repeat it as GET, without the body'
  const ailing = {
    ailment: kindOf(from, target),
    saw: `POST ${url} is redirected by ${status} to ${to}: ${loses}.`,
    change: `Give ${to} to clients as the URL, and name it as \`resource\`; or answer at ${url} without a redirect.`,
  }
  return keepsAll ? warn('reach', ailing) : stop('reach', ailing)
}

function kindOf(from: URL, to: URL): string {
  const bare = ({ pathname }: URL): string => pathname.replace(/\/+$/, '')
  if (from.hostname !== to.hostname) return 'redirect-elsewhere'
  if (from.protocol !== to.protocol) return 'redirect-scheme'
  return bare(from) === bare(to) ? 'redirect-slash' : 'redirect-elsewhere'
}

const signIn = (url: string, to: string, status: number) => ({
  ailment: 'sign-in-in-front',
  saw: `POST ${url} is redirected by ${status} to ${to}, which is a sign-in for people at browsers.`,
  change:
    'Let the path of the MCP server and /.well-known/ past the single sign-on proxy: the server asks for tokens itself, and clients cannot fill in pages.',
})
