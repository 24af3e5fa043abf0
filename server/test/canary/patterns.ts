import type { Issued } from './issued.ts'

/** What gives itself away by its shape, whoever issued it. Quotes may have been escaped by whatever the text lies in. */
const SHAPES: readonly { readonly what: string; readonly shape: RegExp }[] = [
  { what: 'a signed token', shape: /eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{40,}/ },
  { what: 'a private key in PEM', shape: /-----BEGIN [A-Z ]*PRIVATE KEY-----/ },
  { what: 'a private key as JWK', shape: /\\*"d\\*"\s*:\s*\\*"[\w-]{32,}\\*"/ },
  { what: 'a hash of a password', shape: /\$argon2(?:id|i|d)\$/ },
]

/** @returns what a text holds that was issued, or has the shape of a secret */
export function findSecret(text: string, issued: Pick<Issued, 'find'>): string | undefined {
  return issued.find(text) ?? findShape(text)
}

/** A page without the login that was typed: whoever types a secret there is shown it again, and nobody else is. */
export function withoutTypedLogin(page: string): string {
  return page.replace(/<input[^>]*\bname="login"[^>]*>/g, '')
}

/** @returns what has no business in any log, answer or table, and yet is in this text */
export function findShape(text: string): string | undefined {
  return SHAPES.find(({ shape }) => shape.test(text))?.what
}
