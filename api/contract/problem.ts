import { z } from 'zod'

/** One thing wrong with a request, where there may be several. */
export const Finding = z
  .object({
    code: z.string().meta({ examples: ['CONFIG_INVALID'] }),
    message: z.string().meta({ examples: ['runConfig.assets.report.minScore is "high", which is not a number.'] }),
    path: z
      .string()
      .nullable()
      .meta({ description: 'Where it is, from the top of the request or of the run config.', examples: ['assets.report.minScore'] }),
  })
  .meta({ id: 'Finding', description: 'One thing wrong with a request.' })
export type Finding = z.infer<typeof Finding>

/** An error as the API answers it: problem details of RFC 9457, with the word code of the error. */
export const Problem = z
  .object({
    type: z.string().meta({ description: 'URN of the kind of error.', examples: ['urn:assetry:error:UNKNOWN_ASSET'] }),
    title: z.string().meta({ examples: ['Unknown asset'] }),
    status: z
      .number()
      .int()
      .meta({ examples: [404] }),
    detail: z.string().meta({
      description: 'What happened, why it is refused and what to do.',
      examples: ['There is no asset "ordrs". Did you mean "orders"?'],
    }),
    code: z.string().meta({ description: 'A word that names the kind of error for good.', examples: ['UNKNOWN_ASSET'] }),
    instance: z.string().meta({ description: 'Path of the request.', examples: ['/api/v1/assets/ordrs'] }),
    findings: z.array(Finding).optional().meta({ description: 'Everything that is wrong, where more than one thing can be.' }),
  })
  .meta({ id: 'Problem', description: 'An error: problem details of RFC 9457.' })
export type Problem = z.infer<typeof Problem>

/** Media type of a {@link Problem}. */
export const problemMediaType = 'application/problem+json'
