import { type ExitCode, exitCodes } from '../exit-code.ts'
import { writeJson } from '../json-output.ts'
import { requiredServer } from '../server.ts'
import { previewText } from '../tick-text.ts'
import type { ServerOptions } from './run-show.ts'

/** Options of `assetry schedule preview`. */
export interface SchedulePreviewOptions extends ServerOptions {
  readonly at?: string
}

/** Shows what a tick of a schedule would come to; nothing of it is kept. Exit code 1 where it would fail. */
export async function schedulePreview(name: string, { at, ...options }: SchedulePreviewOptions): Promise<ExitCode> {
  const { client } = await requiredServer(options)
  const preview = await client.schedules.preview(name, { ...(at !== undefined && { at }) })
  if (options.json === true) writeJson(preview)
  else process.stdout.write(previewText(preview))
  return preview.error === null && preview.requests.every(({ findings }) => findings.length === 0) ? exitCodes.done : exitCodes.failed
}
