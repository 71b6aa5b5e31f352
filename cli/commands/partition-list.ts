import type { DynamicPartitionKey, DynamicPartitions } from '../../client/index.ts'
import { ageText } from '../duration-text.ts'
import { type ExitCode, exitCodes } from '../exit-code.ts'
import { writeJson } from '../json-output.ts'
import { requiredServer, type Server } from '../server.ts'
import { table } from '../table.ts'
import { colorsFor, columnsOf } from '../terminal.ts'
import { talk } from '../talk.ts'

/** Options of `assetry partition list`. */
export interface PartitionListOptions {
  readonly file?: string
  readonly json?: boolean
  readonly limit: number
}

const largestPage = 500

/** Lists the keys of dynamic partitions, newest first; without a name the dynamic partitions that there are. */
export async function partitionList(name: string | undefined, options: PartitionListOptions): Promise<ExitCode> {
  const server = await requiredServer(options)
  const limit = Math.min(options.limit, largestPage)
  await (name === undefined ? listNames(server, limit, options) : listKeys(server, name, limit, options))
  return exitCodes.done
}

async function listNames({ client }: Server, limit: number, { json }: PartitionListOptions): Promise<void> {
  const page = await client.dynamicPartitions.list({ limit })
  if (json === true) writeJson(page)
  else if (page.items.length === 0)
    talk('There are no dynamic partitions. dynamicPartitions(\'customers\') makes some: see "docs/partitions.md".')
  else process.stdout.write(table(page.items, nameColumns, layout()))
}

async function listKeys({ client }: Server, name: string, limit: number, { json }: PartitionListOptions): Promise<void> {
  const page = await client.dynamicPartitions.keys(name, { limit })
  if (json === true) writeJson(page)
  else if (page.items.length === 0) talk(`"${name}" has no partitions yet. "assetry partition add ${name} KEY" adds one.`)
  else process.stdout.write(table(page.items, keyColumns(new Date()), layout()))
  if (json !== true && page.nextCursor !== null)
    talk(`There are more: --limit ${largestPage} shows up to ${largestPage}, the API all of them.`)
}

const nameColumns = [
  { title: 'NAME', text: ({ name }: DynamicPartitions) => name },
  { title: 'PARTITIONS', text: ({ count }: DynamicPartitions) => String(count), align: 'right' as const },
  { title: 'ASSETS', text: ({ assetKeys }: DynamicPartitions) => assetKeys.join(', '), shrinks: true },
]

function keyColumns(now: Date) {
  return [
    { title: 'PARTITION', text: ({ key }: DynamicPartitionKey) => key, shrinks: true },
    { title: 'ADDED', text: ({ addedAt }: DynamicPartitionKey) => ageText(new Date(addedAt), now), align: 'right' as const },
  ]
}

function layout(): { columns: number; title: (text: string) => string } {
  return { columns: columnsOf(process.stdout), title: colorsFor(process.stdout).dim }
}
