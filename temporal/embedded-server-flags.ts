import { join } from 'node:path'
import { searchAttributes } from '../workflows/names.ts'

/** What the flags of an embedded server are made from. */
export interface EmbeddedServerPlace {
  /** Folder of the database file and the log. */
  readonly folder: string
  readonly port: number
  readonly uiPort: number
}

/**
 * Settings of the embedded server, by measurement on two cores (November 2026, server 1.29.1): with the defaults a step
 * of a chain takes 98 ms, with these 10 ms.
 */
const dynamicConfig: Readonly<Record<string, string>> = {
  // The default of 20 a second throttles the server's single shard.
  'history.transferProcessorMaxPollRPS': '10000',
  'history.timerProcessorMaxPollRPS': '10000',
  'history.visibilityProcessorMaxPollRPS': '10000',
  // Allowance for clocks that differ between hosts, of which there is one here: any timer takes this long at least. With the
  // default of 1 s three retries after 20, 40 and 80 ms took 2.6 s, with this 0.4 s; so does a step that is given back.
  'history.timerProcessorMaxTimeShift': '"5ms"',
  // One partition a task queue: with four, a poller often waits at an empty one.
  'matching.numTaskqueueReadPartitions': '1',
  'matching.numTaskqueueWritePartitions': '1',
  // Priority and fairness between runs.
  'matching.useNewMatcher': 'true',
  'matching.enableFairness': 'true',
  'frontend.namespaceRPS.visibility': '500',
}

/** A write-ahead log that is not forced to the disk at each commit: it survives `kill -9`, and a power cut costs the last moments. */
const sqlitePragmas = ['journal_mode=wal', 'synchronous=normal']

/** Temporal's names of search attribute types, as its CLI spells them. */
const attributeTypes = { KEYWORD: 'Keyword', KEYWORD_LIST: 'KeywordList' } as const

/** The database file of the embedded server. */
export const databaseFile = (folder: string): string => join(folder, 'temporal.db')

/** The arguments of `temporal` that start the embedded server. */
export function embeddedServerFlags({ folder, port, uiPort }: EmbeddedServerPlace): readonly string[] {
  return [
    'server',
    'start-dev',
    '--ip=127.0.0.1',
    `--port=${port}`,
    `--ui-port=${uiPort}`,
    `--db-filename=${databaseFile(folder)}`,
    '--log-level=warn',
    '--color=never',
    ...sqlitePragmas.flatMap((pragma) => ['--sqlite-pragma', pragma]),
    ...Object.entries(dynamicConfig).flatMap(([key, value]) => ['--dynamic-config-value', `${key}=${value}`]),
    ...Object.entries(searchAttributes).flatMap(([name, type]) => ['--search-attribute', `${name}=${attributeTypes[type]}`]),
  ]
}

/**
 * The environment of the embedded server: nothing of the user's secrets, and none of the `TEMPORAL_…` variables or files
 * that would set flags behind its back (the CLI looks for them under HOME).
 */
export function embeddedServerEnvironment(folder: string): Readonly<Record<string, string | undefined>> {
  const { PATH, TMPDIR, TZ, SystemRoot, TEMP, TMP, LOCALAPPDATA } = process.env
  // GOGC: collecting garbage less often saves 5 to 10 % of the server's CPU.
  return { PATH, TMPDIR, TZ, SystemRoot, TEMP, TMP, LOCALAPPDATA, HOME: folder, GOGC: '400' }
}
