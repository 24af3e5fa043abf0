import type { ReplayStep } from '../step.ts'
import { authorize, redeemCode } from './authorize.ts'
import { call } from './call.ts'
import { comeBack } from './come-back.ts'
import { discover } from './discover.ts'
import { refresh, refreshTogether } from './refresh.ts'
import { register, registerOtherwise } from './register.ts'
import { stepUp } from './step-up.ts'

/** What a client does, in this order. */
export const REPLAY_STEPS: readonly ReplayStep[] = [
  discover,
  register,
  registerOtherwise,
  authorize,
  redeemCode,
  call,
  refresh,
  refreshTogether,
  stepUp,
  comeBack,
]
