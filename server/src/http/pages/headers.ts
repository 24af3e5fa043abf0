const POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self' data:",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
]

/**
 * Headers of every page, error pages included.
 *
 * - `form-action 'self'`: Chromium applies it to the redirects after a form too, hence the page that moves on by itself.
 * - `frame-ancestors` and `X-Frame-Options`: a page that can be framed can be clicked through (clickjacking).
 * - `no-referrer`: page addresses name an interaction; the client's site must not learn them.
 * - No Cross-Origin-Opener-Policy: it would cut `window.opener` of clients that open the flow in a popup.
 */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': POLICY.join('; '),
  'X-Frame-Options': 'DENY',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'Cache-Control': 'no-store',
}

/** Of a page that talks to an authenticator: the one script file, and nothing that would let text become script. */
export const PASSKEY_PAGE_HEADERS: Readonly<Record<string, string>> = {
  ...PAGE_HEADERS,
  'Content-Security-Policy': [...POLICY, "script-src 'self'", "require-trusted-types-for 'script'"].join('; '),
}
