import type { Middleware } from 'koa'
import { currentUnit } from '../store/unit-of-work.ts'
import { endpointName } from './endpoint-name.ts'

/** A request that was answered, or whose stream has begun. */
export interface AnsweredRequest {
  /** One of `ENDPOINT_NAMES`, or `other`. */
  readonly endpoint: string
  /** As the caller wrote it. */
  readonly method: string
  readonly status: number
  readonly seconds: number
  /** Our code, where it was refused and has one. */
  readonly code: string | undefined
}

/** Tells of each request once it is answered. */
export function countRequests(tell: (request: AnsweredRequest) => void): Middleware {
  return async (ctx, next) => {
    const began = performance.now()
    await next()
    const { method, path, status } = ctx
    const seconds = (performance.now() - began) / 1_000
    tell({ endpoint: endpointName(path), method, status, seconds, code: currentUnit().refusedWith })
  }
}
