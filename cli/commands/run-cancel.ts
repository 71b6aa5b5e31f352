import { type ExitCode, exitCodes } from '../exit-code.ts'
import { writeJson } from '../json-output.ts'
import { shortRunId, wholeRunId } from '../run-id.ts'
import { requiredServer } from '../server.ts'
import type { ServerOptions } from './run-show.ts'
import { talk } from '../talk.ts'

/** Asks a run to stop. Steps that are at work learn of it by their signal and end as CANCELED. */
export async function runCancel(id: string, options: ServerOptions): Promise<ExitCode> {
  const { client } = await requiredServer(options)
  const answer = await client.runs.cancel(await wholeRunId(client, id))
  if (options.json === true) writeJson(answer)
  else talk(`Run ${shortRunId(answer.runId)} is ${answer.status} now. assetry run show ${shortRunId(answer.runId)} says how it ends.`)
  return exitCodes.done
}
