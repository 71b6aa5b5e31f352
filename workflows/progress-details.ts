import type { RunProgress } from '../planning/run-progress.ts'

/** How far a run is, as Markdown for Temporal's Web UI. Counts only: it is made anew after each step. */
export function progressDetails(progress: RunProgress): string {
  const { running, succeeded, failed, skipped, omitted, waiting } = progress.counts
  const total = running + succeeded + failed + skipped + omitted + waiting
  const parts = [`**${succeeded} of ${total}** steps succeeded`, `${running} running`, `${waiting} waiting`]
  if (failed > 0) parts.push(`**${failed} failed** (${progress.failedKeys.slice(0, 10).map(code).join(', ')}${failed > 10 ? ', …' : ''})`)
  if (skipped > 0) parts.push(`${skipped} skipped`)
  if (omitted > 0) parts.push(`${omitted} left out`)
  return parts.join(' · ')
}

const code = (text: string): string => `\`${text}\``
