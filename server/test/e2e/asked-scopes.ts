import { boxesOf } from '../setup/browser.ts'
import type { Callback } from '../setup/flow.ts'

/** The scopes of the boxes on each consent page that the person saw on the way. */
export function askedScopes({ pages }: Callback): readonly (readonly string[])[] {
  const consents = pages.filter(({ html }) => html.includes('name="decision"'))
  return consents.map(({ html }) => boxesOf(html, 'scope').map(({ value }) => value))
}
