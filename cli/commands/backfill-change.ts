import { ApiError, type BackfillAnswer, type BackfillClient } from '../../client/index.ts'
import { shortBackfillId, wholeBackfillId } from '../backfill-id.ts'
import { type ExitCode, exitCodes } from '../exit-code.ts'
import { writeJson } from '../json-output.ts'
import { requiredServer } from '../server.ts'
import type { ServerOptions } from './run-show.ts'
import { talk } from '../talk.ts'

/** What can be asked of a backfill that there is. */
export type BackfillAction = 'pause' | 'resume' | 'cancel' | 'retry'

/** Pauses, resumes, cancels or retries a backfill. */
export async function backfillChange(action: BackfillAction, id: string, options: ServerOptions): Promise<ExitCode> {
  const { client } = await requiredServer(options)
  const backfillId = await wholeBackfillId(client, id)
  const answer = await asked(client.backfills, action, backfillId).catch(nothingToDo)
  if (answer === undefined) return exitCodes.done
  if (options.json === true) writeJson(answer)
  else talk(saidOf(action, answer))
  return exitCodes.done
}

function asked(backfills: BackfillClient, action: BackfillAction, backfillId: string): Promise<BackfillAnswer> {
  switch (action) {
    case 'pause':
      return backfills.pause(backfillId)
    case 'resume':
      return backfills.resume(backfillId)
    case 'cancel':
      return backfills.cancel(backfillId)
    case 'retry':
      return backfills.retry(backfillId)
  }
}

/** There being nothing to retry is no mistake: what asks on a timer gets this answer most of the time. */
function nothingToDo(error: unknown): undefined {
  if (!(error instanceof ApiError) || error.code !== 'NOTHING_TO_DO') throw error
  talk(error.detail)
}

function saidOf(action: BackfillAction, { backfillId, status }: BackfillAnswer): string {
  const id = shortBackfillId(backfillId)
  const next = {
    pause: `What its runs have begun gets done. assetry backfill resume ${id} lets it go on.`,
    resume: `assetry backfill show ${id} says how far it is.`,
    cancel: `assetry backfill show ${id} says how it ends.`,
    retry: `It makes what failed once more. assetry backfill show ${id} says how far it is.`,
  }[action]
  return `Backfill ${id} is ${status} now. ${next}`
}
