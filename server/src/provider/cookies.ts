import type { Secret } from '../config/secret.ts'
import type { Slice } from './slice.ts'

/** Names of the engine's cookies and ours, by whether the issuer is https. `__Host-` and `__Secure-` need TLS. */
export function cookieNames(issuer: string) {
  const secure = issuer.startsWith('https:')
  return {
    session: secure ? '__Host-sallyport_session' : 'sallyport_session',
    interaction: secure ? '__Secure-sallyport_interaction' : 'sallyport_interaction',
    resume: secure ? '__Secure-sallyport_resume' : 'sallyport_resume',
    state: secure ? '__Secure-sallyport_state' : 'sallyport_state',
    signIn: secure ? '__Secure-sallyport_sign_in' : 'sallyport_sign_in',
  } as const
}

/** Browser cookies of the engine, signed, out of reach of scripts, not sent with cross-site posts. @see RFC 6265bis §4.1.3 */
export function cookies(issuer: string, keys: readonly Secret[]): Slice {
  const { session, interaction, resume } = cookieNames(issuer)
  const attributes = { httpOnly: true, sameSite: 'lax', signed: true, secure: issuer.startsWith('https:') } as const
  return {
    cookies: {
      names: { session, interaction, resume },
      keys: keys.map((key) => key.reveal()),
      long: { ...attributes, path: '/' },
      short: attributes,
    },
  }
}
