import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CookieJar } from '../store/unit-of-work.ts'

/** Cookies of one request and its answer: out of reach of scripts, never sent with a cross-site post. */
export function createCookieJar(req: IncomingMessage, res: ServerResponse, secure: boolean): CookieJar {
  const written = new Map<string, string | undefined>()
  return {
    get(name) {
      return written.has(name) ? written.get(name) : readCookie(req.headers.cookie, name)
    },
    set(name, value, { path, maxAgeSeconds }) {
      written.set(name, value)
      const attributes = [
        `Path=${path}`,
        'HttpOnly',
        'SameSite=Lax',
        `Max-Age=${value === undefined ? 0 : maxAgeSeconds}`,
      ]
      res.appendHeader(
        'Set-Cookie',
        [`${name}=${value ?? ''}`, ...attributes, ...(secure ? ['Secure'] : [])].join('; '),
      )
    },
  }
}

/** The first cookie of that name: browsers send the one with the longest path first. */
function readCookie(header: string | undefined, name: string): string | undefined {
  const pair = header?.split(';').find((candidate) => candidate.trimStart().startsWith(`${name}=`))
  const value = pair?.slice(pair.indexOf('=') + 1).trim()
  return value === '' ? undefined : value
}
