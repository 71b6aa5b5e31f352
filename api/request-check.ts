import type { Hook } from '@hono/zod-openapi'
import type { Env } from 'hono'
import type { z } from 'zod'
import { errorOfFindings, type Finding } from '../definitions/errors.ts'

/** Refuses a request that does not fit its schema, with everything that is wrong with it. @throws `REQUEST_INVALID` */
export const refuseInvalid: Hook<unknown, Env, string, unknown> = (result) => {
  if (result.success) return
  const findings = result.error.issues.flatMap((issue) => findingsOf(issue, placeNames[result.target] ?? result.target))
  const error = errorOfFindings('REQUEST_INVALID', 'The request is not as this address takes it', findings)
  if (error !== undefined) throw error
}

const placeNames: Readonly<Record<string, string>> = { json: 'body', param: 'path', query: 'query', header: 'header' }

function findingsOf(issue: z.core.$ZodIssue, place: string): Finding[] {
  if (issue.code !== 'unrecognized_keys') return [findingAt(issue.path, issue.message, place)]
  const message = place === 'query' ? issue.message : 'there is no such field'
  return issue.keys.map((key) => findingAt([...issue.path, key], message, place))
}

function findingAt(path: readonly PropertyKey[], message: string, place: string): Finding {
  const where = path.map(String).join('.')
  return { code: 'REQUEST_INVALID', message: `${place}${where && ` "${where}"`}: ${message}`, ...(where && { path: where }) }
}
