import { listed } from '../../definitions/nearest.ts'
import { type ExitCode, exitCodes } from '../exit-code.ts'
import { writeJson } from '../json-output.ts'
import { requiredServer } from '../server.ts'
import { talk } from '../talk.ts'
import type { ServerOptions } from './run-show.ts'

/** Removes keys from dynamic partitions, one after another, up to the first that is not there. */
export async function partitionRemove(name: string, keys: readonly string[], options: ServerOptions): Promise<ExitCode> {
  const { client } = await requiredServer(options)
  const removed: string[] = []
  try {
    for (const key of new Set(keys)) removed.push((await client.dynamicPartitions.remove(name, key)).removed)
  } finally {
    if (options.json !== true && removed.length > 0)
      talk(`Removed from "${name}": ${listed(removed, 'and')}. What happened to them is kept.`)
  }
  if (options.json === true) writeJson({ name, removed })
  return exitCodes.done
}
