import { times } from '../setup/scale.ts'

/** How often each contest is held. */
export const ROUNDS = times(20, 200)

/** Requests of one contest: more than a client of many parallel calls sends, spread over both processes. */
export const CONTENDERS = 20

/** A round is some hundred milliseconds on a laptop; a busy machine of two cores takes five times that. */
export const CONTEST_TIMEOUT_MS = 30_000 + ROUNDS * 3_000
