import { z } from 'zod'
import { assetRecord } from './asset-record.ts'
import { Metadata } from './metadata-value.ts'
import { pageOf } from './page.ts'
import { StepConfig } from './step-config.ts'

/** How bad it is when a check does not pass. */
export const CheckSeverity = z.enum(['ERROR', 'WARN'])
export type CheckSeverity = z.infer<typeof CheckSeverity>

/** What a check found. */
export const CheckEvaluation = z
  .object({
    ...assetRecord,
    checkName: z.string().meta({ examples: ['no_nulls'] }),
    passed: z.boolean(),
    severity: CheckSeverity,
    blocking: z.boolean().meta({ description: 'Whether it kept what is downstream from starting, had it failed with ERROR.' }),
    description: z.string().nullable(),
    metadata: Metadata,
    materializationId: z.string().nullable().meta({ description: "The materialization it was about: the asset's newest at that moment." }),
  })
  .meta({ id: 'CheckEvaluation', description: 'What a check found.' })
export type CheckEvaluation = z.infer<typeof CheckEvaluation>

/** Answer of `GET /assets/{key}/checks/{name}/evaluations`: newest first. */
export const CheckEvaluationPage = pageOf(CheckEvaluation).meta({ id: 'CheckEvaluationPage' })
export type CheckEvaluationPage = z.infer<typeof CheckEvaluationPage>

/** A check of an asset: what the code says of it, and what it found last. */
export const AssetCheck = z
  .object({
    name: z.string().meta({ examples: ['no_nulls'] }),
    description: z.string().nullable(),
    blocking: z.boolean().meta({ description: 'Whether what is downstream does not start in the same run where it fails with ERROR.' }),
    inStep: z.boolean().meta({ description: "Whether the asset's own step reports it; else it has a step of its own." }),
    upstreamKeys: z.array(z.string()).meta({ description: 'Assets that it reads beside its own.' }),
    resources: z.array(z.string()),
    timeoutMs: z.number().nullable(),
    heartbeatTimeoutMs: z.number().nullable(),
    config: z.union([StepConfig, z.null()]).meta({ description: 'Null where it takes no config.' }),
    latest: z.union([CheckEvaluation, z.null()]).meta({ description: 'What it found last; null where it was never evaluated.' }),
  })
  .meta({ id: 'AssetCheck', description: 'A check of an asset: what the code says of it, and what it found last.' })
export type AssetCheck = z.infer<typeof AssetCheck>

/** Answer of `GET /assets/{key}/checks`: by name. */
export const AssetCheckPage = pageOf(AssetCheck).meta({ id: 'AssetCheckPage' })
export type AssetCheckPage = z.infer<typeof AssetCheckPage>
