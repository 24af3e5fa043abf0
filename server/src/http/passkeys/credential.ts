import { z } from 'zod'

// An attestation without certificates has some hundred bytes, and a credential id at most 1,023.
const TEXT_MAX = 4_096

const base64url = z
  .string()
  .max(TEXT_MAX)
  .regex(/^[A-Za-z0-9_-]+$/)

const clientExtensionResults = z.unknown().transform(() => ({}))

const ASSERTION = z.object({
  id: base64url,
  rawId: base64url,
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: base64url,
    authenticatorData: base64url,
    signature: base64url,
    userHandle: base64url.nullish().transform((handle) => handle ?? undefined),
  }),
  clientExtensionResults,
})

// Names of the future are stored and asked with again as they are.
const transport = z.string().max(32)

const ATTESTATION = z.object({
  id: base64url,
  rawId: base64url,
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: base64url,
    attestationObject: base64url,
    transports: z.array(transport).max(10).default([]),
  }),
  clientExtensionResults,
})

const CLIENT_DATA = z.object({ challenge: z.string(), crossOrigin: z.boolean().default(false) })

/** What a page's script posts: the JSON form of the credential, and the challenge that it answers. */
export interface Posted<Credential> {
  readonly credential: Credential
  /** base64url */
  readonly challenge: string
}

export type Assertion = z.infer<typeof ASSERTION>
export type Attestation = z.infer<typeof ATTESTATION>

/** @returns undefined for anything but an assertion of a page of ours @see Web Authentication Level 3 §5.1 (toJSON) */
export function readAssertion(text: string): Posted<Assertion> | undefined {
  return read(ASSERTION, text)
}

/** @returns undefined for anything but a new credential of a page of ours */
export function readAttestation(text: string): Posted<Attestation> | undefined {
  return read(ATTESTATION, text)
}

function read<Credential extends { response: { clientDataJSON: string } }>(
  schema: z.ZodType<Credential>,
  text: string,
): Posted<Credential> | undefined {
  const credential = schema.safeParse(parseJson(text))
  if (!credential.success) return undefined
  const clientData = Buffer.from(credential.data.response.clientDataJSON, 'base64url').toString()
  const said = CLIENT_DATA.safeParse(parseJson(clientData))
  // Our pages are in no frame of anybody else's.
  if (!said.success || said.data.crossOrigin) return undefined
  return { credential: credential.data, challenge: said.data.challenge }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
