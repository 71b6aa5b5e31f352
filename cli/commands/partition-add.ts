import { listed } from '../../definitions/nearest.ts'
import { type ExitCode, exitCodes } from '../exit-code.ts'
import { writeJson } from '../json-output.ts'
import { requiredServer } from '../server.ts'
import { talk } from '../talk.ts'
import type { ServerOptions } from './run-show.ts'

/** Adds keys to dynamic partitions. Those that are there already are no error. */
export async function partitionAdd(name: string, keys: readonly string[], options: ServerOptions): Promise<ExitCode> {
  const { client } = await requiredServer(options)
  const answer = await client.dynamicPartitions.add(name, keys)
  if (options.json === true) writeJson(answer)
  else
    talk(
      answer.added.length === 0 ? `"${name}" has ${listed(keys, 'and')} already.` : `Added to "${name}": ${listed(answer.added, 'and')}.`,
    )
  return exitCodes.done
}
