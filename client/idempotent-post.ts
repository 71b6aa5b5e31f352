import type { z } from 'zod'
import { bodyOf, problemOf, type Transport } from './transport.ts'

/** How a run is started, or an event reported. */
export interface StartOptions {
  /** The same key again gives the same run, or the same event. */
  readonly idempotencyKey?: string
}

/** Asks for something to be made that a repeated request makes only once. */
export async function post<TSchema extends z.ZodType>(
  transport: Transport,
  schema: TSchema,
  { path, body, options }: { readonly path: string; readonly body: unknown; readonly options: StartOptions | undefined },
): Promise<{ readonly body: z.infer<TSchema>; readonly created: boolean }> {
  const headers = options?.idempotencyKey === undefined ? undefined : { 'idempotency-key': options.idempotencyKey }
  const response = await transport.send({ method: 'POST', path, body, headers })
  if (!response.ok) throw await problemOf(response)
  return { body: await bodyOf(schema, response), created: response.status === 201 }
}
