import { AssetryError } from '../../definitions/errors.ts'
import type { Json } from '../../definitions/metadata-value.ts'
import { parsePythonJson } from './python-json.ts'

/** JSON with names for its parts. */
export type JsonObject = { readonly [key: string]: Json }

/** An exception of the program, as it crosses over. `stack` holds Python's frames, each of one or two lines. */
export interface PipesException {
  readonly name: string | null
  readonly message: string
  readonly stack: readonly string[]
  /** The exception that it was raised from, or while handling which it was raised. */
  readonly cause: PipesException | null
}

/** What a program says, by the names that the protocol has for it (version 0.1, `dagster_pipes/__init__.py` 1.13.29). */
export type PipesMessage =
  | { readonly method: 'opened' }
  | { readonly method: 'closed'; readonly exception: PipesException | null }
  | { readonly method: 'log'; readonly level: string; readonly message: string }
  | {
      readonly method: 'report_asset_materialization'
      readonly assetKey: string
      readonly dataVersion: string | null
      readonly metadata: JsonObject
    }
  | {
      readonly method: 'report_asset_check'
      readonly assetKey: string
      readonly name: string
      readonly passed: boolean
      readonly severity: 'WARN' | 'ERROR'
      readonly metadata: JsonObject
    }
  | { readonly method: 'report_custom_message'; readonly payload: Json }
  | { readonly method: 'log_external_stream'; readonly stream: string; readonly text: string }

/** The field that every message has, with the version of the protocol. */
const versionField = '__dagster_pipes_version'

/** Characters of a message that an error shows. */
const shownLength = 200

/**
 * Reads a line of the program's messages; undefined for a method that this version doesn't know.
 *
 * @throws `PIPES_MESSAGE_INVALID`
 */
export function pipesMessage(line: string): PipesMessage | undefined {
  const message = objectOf(parsed(line), line)
  if (typeof message[versionField] !== 'string' || typeof message['method'] !== 'string')
    throw invalid(line, `it has no ${versionField} and method`)
  return new MessageParams(objectOf(message['params'] ?? {}, line), line).message(message['method'])
}

/** Reads the params of one message. */
class MessageParams {
  readonly #params: JsonObject
  readonly #line: string

  constructor(params: JsonObject, line: string) {
    this.#params = params
    this.#line = line
  }

  message(method: string): PipesMessage | undefined {
    switch (method) {
      case 'opened':
        return { method }
      case 'closed':
        return { method, exception: this.#params['exception'] ? this.#exception(this.#params['exception']) : null }
      case 'log':
        return { method, level: this.#text('level'), message: this.#text('message') }
      case 'report_asset_materialization':
        return { method, assetKey: this.#text('asset_key'), dataVersion: this.#textOrNull('data_version'), metadata: this.#metadata() }
      case 'report_asset_check':
        return {
          method,
          assetKey: this.#text('asset_key'),
          name: this.#text('check_name'),
          passed: this.#boolean('passed'),
          severity: this.#textOrNull('severity') === 'WARN' ? 'WARN' : 'ERROR',
          metadata: this.#metadata(),
        }
      case 'report_custom_message':
        return { method, payload: this.#params['payload'] ?? null }
      case 'log_external_stream':
        return { method, stream: this.#text('stream'), text: this.#text('text') }
      default:
        return undefined
    }
  }

  #exception(given: Json): PipesException {
    const { name, message, stack, cause, context } = objectOf(given, this.#line)
    const before = cause ?? context ?? null
    return {
      name: typeof name === 'string' ? name : null,
      message: typeof message === 'string' ? message : '',
      stack: Array.isArray(stack) ? stack.map(String) : [],
      cause: before === null ? null : this.#exception(before),
    }
  }

  #metadata(): JsonObject {
    return objectOf(this.#params['metadata'] ?? {}, this.#line)
  }

  #text(name: string): string {
    return this.#textOrNull(name) ?? this.#refuse(name, 'a string')
  }

  #textOrNull(name: string): string | null {
    const value = this.#params[name] ?? null
    return value === null || typeof value === 'string' ? value : this.#refuse(name, 'a string')
  }

  #boolean(name: string): boolean {
    const value = this.#params[name]
    return typeof value === 'boolean' ? value : this.#refuse(name, 'true or false')
  }

  #refuse(name: string, wanted: string): never {
    throw invalid(this.#line, `its ${name} is not ${wanted}`)
  }
}

function parsed(line: string): Json {
  try {
    return parsePythonJson(line)
  } catch (error) {
    throw invalid(line, 'it is no JSON', error)
  }
}

function objectOf(value: Json, line: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject
  throw invalid(line, 'an object was expected where it has something else')
}

function invalid(line: string, why: string, cause?: unknown): AssetryError {
  const shown = line.length <= shownLength ? line : `${line.slice(0, shownLength)}…`
  return new AssetryError(
    'PIPES_MESSAGE_INVALID',
    `The program wrote a message that is none of the Dagster Pipes protocol, because ${why}: ${shown}. ` +
      `Let it write to its messages file by the dagster-pipes library alone.`,
    { facts: { message: shown }, cause },
  )
}
