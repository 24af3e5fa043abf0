import { headerOf, type WireRequest } from '../../wire/message.ts'

/** The token of an Authorization header. */
export function bearerTokenOf(message: Pick<WireRequest, 'headers'>): string | undefined {
  return /^bearer (.+)$/i.exec(headerOf(message, 'authorization') ?? '')?.[1]
}
