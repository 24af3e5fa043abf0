import { cleanLine } from './display-name.ts'

/** Long enough for every redirect URI seen; the host stands in front and is never cut off by what follows. */
const ADDRESS_LENGTH = 160

/** An address that a client chose, as text on a page: one line, without anything invisible, cut where it is long. */
export function displayAddress(address: string): string {
  return cleanLine(address, ADDRESS_LENGTH)
}
