import type { RunStep } from '../../client/index.ts'

/** On whose account a step was skipped, and why; empty where it wasn't. */
export function skipText({ because, why }: { readonly because: string | null; readonly why: RunStep['why'] }): string {
  if (because === null) return ''
  return why === 'missing' ? `because ${because} gave no output for it` : `because ${because} failed`
}
