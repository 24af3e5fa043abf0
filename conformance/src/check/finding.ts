/**
 * What a check saw. It says nothing of pass and fail: the verdict law makes that of a finding and of how binding the
 * requirement is, so that no check can accuse beyond its requirement.
 */
export type Finding =
  /** The subject did what the requirement asks. */
  | { readonly kind: 'sound'; readonly detail: string }
  /** Evidence that no sound subject could produce. */
  | { readonly kind: 'faulty'; readonly detail: string }
  /** It looks wrong, and a sound subject could answer so for a reason that a black box cannot know. */
  | { readonly kind: 'doubtful'; readonly detail: string }
  /** The requirement says nothing about this subject: it has no such part, or the run was not allowed to try it. */
  | { readonly kind: 'not-applicable'; readonly detail: string }
  /** It applies, and something it needs was not there. */
  | { readonly kind: 'incomplete'; readonly detail: string }

export const sound = (detail: string): Finding => ({ kind: 'sound', detail })
export const faulty = (detail: string): Finding => ({ kind: 'faulty', detail })
export const doubtful = (detail: string): Finding => ({ kind: 'doubtful', detail })
export const notApplicable = (detail: string): Finding => ({ kind: 'not-applicable', detail })
export const incomplete = (detail: string): Finding => ({ kind: 'incomplete', detail })
