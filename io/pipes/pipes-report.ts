import type { AssetKey } from '../../definitions/asset-key.ts'
import type { CheckFacts } from '../../definitions/check-spec.ts'
import { AssetryError } from '../../definitions/errors.ts'
import type { Logger } from '../../definitions/logger.ts'
import type { Json, MetadataInput } from '../../definitions/metadata-value.ts'
import { type PipesException, type PipesMessage, pipesMessage } from './pipes-message.ts'
import { metadataOfPipes } from './pipes-metadata.ts'

/** What a program has reported so far. */
export class PipesReport {
  readonly #assetKey: AssetKey
  readonly #log: Logger
  /** How the checks that it made came out, by name. */
  readonly checks: Record<string, CheckFacts> = {}
  readonly customMessages: Json[] = []
  metadata: Readonly<Record<string, MetadataInput>> = {}
  dataVersion: string | undefined
  isOpened = false
  isClosed = false
  /** What ended the program, where it closed with an exception. */
  exception: PipesException | undefined

  constructor(assetKey: AssetKey, log: Logger) {
    this.#assetKey = assetKey
    this.#log = log
  }

  /** Takes one line of the program's messages. @throws `PIPES_MESSAGE_INVALID` */
  take(line: string): void {
    const message = pipesMessage(line)
    if (message === undefined) this.#log.warn('The program sent a message of a kind that Assetry does not know', { message: line })
    else this.#took(message)
  }

  #took(message: PipesMessage): void {
    switch (message.method) {
      case 'opened':
        this.isOpened = true
        return
      case 'closed':
        this.isClosed = true
        this.exception = message.exception ?? undefined
        return
      case 'log':
        return this.#log[levelOf(message.level)](message.message)
      case 'log_external_stream':
        return this.#wrote(message.stream, message.text)
      case 'report_custom_message':
        this.customMessages.push(message.payload)
        return
      case 'report_asset_materialization':
        this.#check(message.assetKey)
        this.metadata = { ...this.metadata, ...metadataOfPipes(message.metadata) }
        this.dataVersion = message.dataVersion ?? this.dataVersion
        return
      case 'report_asset_check':
        this.#check(message.assetKey)
        this.checks[message.name] = checkOf(message)
    }
  }

  /** A step makes one asset; the protocol would have room for more. */
  #check(assetKey: AssetKey): void {
    if (assetKey === this.#assetKey) return
    throw new AssetryError(
      'PIPES_MESSAGE_INVALID',
      `The program reported on asset "${assetKey}", but this step makes "${this.#assetKey}". Report on that, or leave the key out.`,
      { facts: { reported: assetKey, assetKey: this.#assetKey } },
    )
  }

  /** Output of something the program looks after, such as a job on a cluster: as if the program had written it. */
  #wrote(stream: string, text: string): void {
    if (stream === 'stdout' || stream === 'stderr') process[stream].write(text)
    else this.#log.info(text.trimEnd(), { stream })
  }
}

function checkOf({ passed, severity, metadata }: Extract<PipesMessage, { method: 'report_asset_check' }>): CheckFacts {
  return { passed, severity, metadata: metadataOfPipes(metadata) }
}

/** Levels of Python's `logging`; others have a name of the program's own. */
function levelOf(level: string): keyof Logger {
  switch (level.toUpperCase()) {
    case 'DEBUG':
    case 'NOTSET':
      return 'debug'
    case 'WARN':
    case 'WARNING':
      return 'warn'
    case 'ERROR':
    case 'CRITICAL':
    case 'FATAL':
      return 'error'
    default:
      return 'info'
  }
}
