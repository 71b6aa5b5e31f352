import { AssetryError } from '../../definitions/errors.ts'
import { type ExitCode, exitCodes } from '../exit-code.ts'
import { writeJson } from '../json-output.ts'
import { requiredServer } from '../server.ts'
import { previewText } from '../tick-text.ts'
import type { ServerOptions } from './run-show.ts'

/** Options of `assetry sensor preview`. */
export interface SensorPreviewOptions extends ServerOptions {
  readonly cursor?: string
  readonly event?: readonly string[]
}

/** Shows what a tick of a sensor would come to; nothing of it is kept. Exit code 1 where it would fail. */
export async function sensorPreview(name: string, { cursor, event, ...options }: SensorPreviewOptions): Promise<ExitCode> {
  const events = event?.map(parsed)
  const { client } = await requiredServer(options)
  const preview = await client.sensors.preview(name, { ...(cursor !== undefined && { cursor }), ...(events && { events }) })
  if (options.json === true) writeJson(preview)
  else process.stdout.write(previewText(preview))
  return preview.error === null && preview.requests.every(({ findings }) => findings.length === 0) ? exitCodes.done : exitCodes.failed
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new AssetryError('USAGE', `--event ${text} is no JSON. Write it as --event '{"id": "1"}'.`, { cause: error })
  }
}
