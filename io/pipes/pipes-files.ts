import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import type { AssetContext } from '../../definitions/asset-context.ts'
import type { JsonObject } from './pipes-message.ts'

/** The files by which we and a program talk, in a folder that only this user can read. */
export interface PipesFiles {
  /** Where the program appends its messages, one JSON text a line. */
  readonly messages: string
  /** By which the program finds the files. */
  readonly environment: Readonly<Record<'DAGSTER_PIPES_CONTEXT' | 'DAGSTER_PIPES_MESSAGES', string>>
  remove(): Promise<void>
}

/** Writes what the program may want to know of its step. */
export async function pipesFiles(context: AssetContext, extras: JsonObject): Promise<PipesFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'assetry-pipes-'))
  const messages = join(folder, 'messages')
  const contextFile = join(folder, 'context.json')
  await Promise.all([writeFile(contextFile, JSON.stringify(contextData(context, extras))), writeFile(messages, '')])
  return {
    messages,
    environment: {
      DAGSTER_PIPES_CONTEXT: encoded({ path: contextFile }),
      DAGSTER_PIPES_MESSAGES: encoded({ path: messages }),
    },
    // The program may have left a file in it, or be about to: what can't be removed is the system's to clean up.
    remove: () => rm(folder, { recursive: true, force: true }).catch(() => undefined),
  }
}

/** `PipesContextData` of the protocol. */
function contextData(context: AssetContext, extras: JsonObject): object {
  const { assetKey, partitionKeys, partitionTimeWindow: window, run } = context
  const [first] = partitionKeys
  return {
    asset_keys: [assetKey],
    code_version_by_asset_key: { [assetKey]: context.codeVersion ?? null },
    provenance_by_asset_key: { [assetKey]: null },
    partition_key: partitionKeys.length === 1 ? first : null,
    partition_key_range: first === undefined ? null : { start: first, end: partitionKeys.at(-1) },
    partition_time_window: window === undefined ? null : { start: window.start.toISOString(), end: window.end.toISOString() },
    run_id: run.id,
    job_name: run.jobName ?? null,
    retry_number: context.attempt - 1,
    extras,
  }
}

/** How the protocol puts parameters into environment variables. */
function encoded(params: JsonObject): string {
  return deflateSync(JSON.stringify(params)).toString('base64')
}
