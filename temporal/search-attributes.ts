import { setTimeout as sleep } from 'node:timers/promises'
import { type Connection, isGrpcServiceError } from '@temporalio/client'
import type { Logger } from '../definitions/logger.ts'
import { searchAttributes } from '../workflows/names.ts'

/** Temporal's numbers of search attribute types (`temporal.api.enums.v1.IndexedValueType`). */
const typeNumbers = { KEYWORD: 2, KEYWORD_LIST: 7 } as const

/**
 * Time until a new search attribute may be used. Unit: milliseconds; the parts of a server read them anew about once a
 * second, and a workflow that is started before fails (seen on 1.29.1).
 */
const usableAfter = 2_000

/** Who can register search attributes: a client's connection, or a worker's. */
export type OperatorConnection = Pick<Connection, 'operatorService'>

/**
 * Registers those of our search attributes that the namespace lacks, and waits until they can be used. Where that is
 * not allowed, as on Temporal Cloud, it warns and goes on: runs are then started without them. May be repeated, and by
 * several workers at once.
 */
export async function ensureSearchAttributes(connection: OperatorConnection, namespace: string, log: Logger): Promise<void> {
  try {
    const missing = await missingAttributes(connection, namespace)
    if (missing.length > 0) await register(connection, namespace, missing, log)
  } catch (error) {
    warn(namespace, log, error)
  }
}

type Name = keyof typeof searchAttributes

async function missingAttributes({ operatorService }: OperatorConnection, namespace: string): Promise<readonly Name[]> {
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace })
  return names.filter((name) => !(name in customAttributes))
}

async function register(connection: OperatorConnection, namespace: string, missing: readonly Name[], log: Logger): Promise<void> {
  const types = missing.map((name) => [name, typeNumbers[searchAttributes[name]]] as const)
  try {
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes: Object.fromEntries(types) })
    log.info('Registered search attributes in Temporal', { namespace, searchAttributes: missing })
  } catch (error) {
    // Another worker may have been quicker, which is as good.
    if ((await missingAttributes(connection, namespace)).length > 0) throw error
  }
  await sleep(usableAfter)
}

function warn(namespace: string, log: Logger, error: unknown): void {
  log.warn(
    "The search attributes that runs are found by in Temporal's Web UI could not be registered. Runs go on without them, unless somebody who may registers them.",
    {
      namespace,
      commands: names.map((name) => `temporal operator search-attribute create -n ${namespace} --name ${name} --type ${cliType(name)}`),
      reason: isGrpcServiceError(error) ? error.details : String(error),
    },
  )
}

const names = Object.keys(searchAttributes) as readonly Name[]

const cliType = (name: Name): string => ({ KEYWORD: 'Keyword', KEYWORD_LIST: 'KeywordList' })[searchAttributes[name]]
