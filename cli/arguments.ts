import { InvalidArgumentError } from 'commander'
import { type Duration, milliseconds } from '../definitions/duration.ts'

/** Most steps that the API lets a backfill have at work at a time. */
const maximumConcurrency = 2_000

/** Reads a port: 0 for a free one, up to 65535. */
export function portArgument(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new InvalidArgumentError('A port is a number from 0 to 65535; 0 takes a free one.')
}

/** Reads a whole number of at least one. */
export function countArgument(text: string): number {
  const count = Number(text)
  if (/^\d+$/.test(text) && count >= 1) return count
  throw new InvalidArgumentError('It must be a whole number of at least 1.')
}

/** Reads a duration such as `90s`, `5m` or `2 hours`. Returns milliseconds; a number alone counts seconds. */
export function durationArgument(text: string): number {
  try {
    return milliseconds((/^\d+(\.\d+)?$/.test(text) ? `${text}s` : text) as Duration, '--timeout')
  } catch {
    throw new InvalidArgumentError('A duration is written as 90s, 5m or 2h.')
  }
}

/** Collects `key=value`, given once for each tag. */
export function tagArgument(text: string, tags: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? []
  if (key === undefined || value === undefined) throw new InvalidArgumentError('A tag is written as key=value.')
  return { ...tags, [key]: value }
}

const runStatuses = ['QUEUED', 'STARTED', 'CANCELING', 'SUCCESS', 'FAILURE', 'CANCELED']
const backfillStatuses = ['QUEUED', 'STARTED', 'PAUSED', 'CANCELING', 'SUCCESS', 'FAILURE', 'CANCELED']

/** Collects statuses of runs, in small letters too, given once each or with commas between them. */
export function statusArgument(text: string, statuses: readonly string[] = []): readonly string[] {
  return [...statuses, ...knownStatuses(text, 'run', runStatuses)]
}

/** Collects statuses of backfills, in the same way. */
export function backfillStatusArgument(text: string, statuses: readonly string[] = []): readonly string[] {
  return [...statuses, ...knownStatuses(text, 'backfill', backfillStatuses)]
}

function knownStatuses(text: string, noun: string, known: readonly string[]): readonly string[] {
  const given = text.toUpperCase().split(',')
  if (given.some((status) => !known.includes(status))) throw new InvalidArgumentError(`A ${noun} is ${known.join(', ')}.`)
  return given
}

/** Collects keys of partitions, given once each. */
export function keysArgument(text: string, keys: readonly string[] = []): readonly string[] {
  return [...keys, text]
}

/** Reads how many steps go on at a time. */
export function concurrencyArgument(text: string): number {
  const count = Number(text)
  if (/^\d+$/.test(text) && count >= 1 && count <= maximumConcurrency) return count
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${maximumConcurrency}.`)
}

/** Reads a priority of Temporal's. */
export function priorityArgument(text: string): number {
  if (/^[1-5]$/.test(text)) return Number(text)
  throw new InvalidArgumentError('A priority is a number from 1, the most urgent, to 5.')
}

/** Most partitions a step may be asked to carry. */
const mostPerStep = 1_000

/** Reads how many partitions a step may carry. */
export function partitionsPerStepArgument(text: string): number {
  const count = Number(text)
  if (/^\d+$/.test(text) && count >= 1 && count <= mostPerStep) return count
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${mostPerStep}.`)
}
