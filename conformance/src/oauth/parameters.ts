/** Parameters of a request by name: undefined is left out, a list is sent once for each of its values. */
export type Parameters = Readonly<Record<string, string | readonly string[] | undefined>>

/** As a query or a form writes them. */
export function encodeParameters(parameters: Parameters): string {
  const pairs = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().map((each) => [name, each]),
  )
  return new URLSearchParams(pairs).toString()
}
