import type { z } from 'zod'
import { Problem, problemMediaType } from './contract/problem.ts'
import { exampleProblem } from './examples.ts'

/** The description of an answer with a JSON body. */
export interface JsonAnswer<TSchema extends z.ZodType> {
  description: string
  content: { 'application/json': { schema: TSchema; example: z.infer<TSchema> } }
}

/** Describes an answer with a JSON body, by an example. */
export function jsonAnswer<TSchema extends z.ZodType>(
  schema: TSchema,
  description: string,
  example: z.infer<TSchema>,
): JsonAnswer<TSchema> {
  return { description, content: { 'application/json': { schema, example } } }
}

/** What each status of an error is for, with an example. */
const problems = {
  401: [
    'The server asks for a token, and the request has none or another.',
    'NOT_AUTHORISED',
    "The request's token is not the one of this server.",
  ],
  404: ['What the path names does not exist.', 'UNKNOWN_ASSET', 'There is no asset "daily_reprot". Did you mean "daily_report"?'],
  409: [
    'It does not fit what has happened: `IDEMPOTENCY_KEY_REUSED`, `RUN_ENDED`, `BACKFILL_ENDED`, `NOTHING_TO_DO`.',
    'RUN_ENDED',
    'The run has ended with SUCCESS.',
  ],
  415: ['The body is not `application/json`.', 'REQUEST_INVALID', 'Unsupported Media Type. See /api/docs for what this address takes.'],
  422: [
    'The query or the body is not right; `findings` has everything that is wrong.',
    'SELECTION_SYNTAX',
    'The selection "group:" is not complete.',
  ],
  503: [
    'A part is away: `STORE_UNREACHABLE`, `TEMPORAL_UNREACHABLE`, `NO_WORKER`. `Retry-After` says when to try again.',
    'STORE_UNREACHABLE',
    'No connection to the metadata store.',
  ],
} as const

type ProblemStatus = keyof typeof problems

/** The descriptions of answers that are problems. */
export type ProblemAnswers<TStatus extends ProblemStatus> = {
  [K in TStatus]: { description: string; content: { 'application/problem+json': { schema: typeof Problem; example: Problem } } }
}

/** Describes the errors a route can answer with, and the one that every route can: 401. */
export function problemAnswers<const TStatus extends ProblemStatus>(...statuses: readonly TStatus[]): ProblemAnswers<TStatus | 401> {
  const entries = ([401, ...statuses] as const).map((status) => {
    const [description, code, detail] = problems[status]
    return [status, { description, content: { [problemMediaType]: { schema: Problem, example: exampleProblem(status, code, detail) } } }]
  })
  return Object.fromEntries(entries) as ProblemAnswers<TStatus | 401>
}
