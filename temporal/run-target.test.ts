import { describe, expect, test } from 'vitest'
import { asset } from '../definitions/asset.ts'
import { definitions, type Definitions } from '../definitions/definitions.ts'
import { assetJob } from '../definitions/job.ts'
import type { DynamicKeys } from '../definitions/partitions/dynamic-keys.ts'
import { dynamicPartitions } from '../definitions/partitions/dynamic-partitions.ts'
import { snapshotOf } from '../planning/snapshot-of.ts'
import type { LaunchRequest } from './launch-request.ts'
import { type RunTarget, runTarget } from './run-target.ts'

const orders = asset({ key: 'orders', materialize: () => 1 })
const nightly = assetJob({ name: 'nightly', selection: '*', runConfig: { assets: { orders: { limit: 1 }, other: {} } } })
const withJob = definitions({ assets: [orders], jobs: [nightly] })

async function targetOf(project: Definitions, request: LaunchRequest, dynamicKeys?: DynamicKeys): Promise<RunTarget> {
  const snapshot = await snapshotOf(project)
  return runTarget(request, [{ name: 'default', snapshotHash: '', snapshot, registeredAt: new Date(0) }], { now: new Date(0), dynamicKeys })
}

describe('an unknown job', () => {
  test.each([
    ['nightl', withJob, 'There is no job "nightl". Did you mean "nightly"?'],
    ['zebra', withJob, 'There is no job "zebra". The jobs are "nightly".'],
    ['zebra', definitions({ assets: [orders] }), 'There is no job "zebra". There are no jobs.'],
  ])('%s is refused with what there is', async (job, project, message) => {
    await expect(targetOf(project, { job })).rejects.toMatchObject({ code: 'UNKNOWN_JOB', message })
  })
})

describe("the config of a job's run", () => {
  test('is the request over the job, name by name', async () => {
    const { runConfig } = await targetOf(withJob, { job: 'nightly', runConfig: { assets: { orders: { limit: 5 } } } })
    expect(runConfig).toEqual({ assets: { orders: { limit: 5 }, other: {} } })
  })

  test.each([null, [], 'text'])('keeps a section that is %j, for the check to refuse', async (section) => {
    const { runConfig } = await targetOf(withJob, { job: 'nightly', runConfig: { assets: section as never } })
    expect(runConfig).toEqual({ assets: section })
  })
})

test('a partition of assets that have none is refused', async () => {
  await expect(targetOf(withJob, { job: 'nightly', partitionKey: '2026-01-01' })).rejects.toMatchObject({ code: 'NOT_PARTITIONED' })
})

describe('a dynamic partition', () => {
  const invoices = asset({ key: 'invoices', partitions: dynamicPartitions('customers'), materialize: () => 1 })
  const project = definitions({ assets: [invoices] })
  const request = { selection: 'invoices', partitionKey: 'acme' }

  test('has to be there where it is known which there are', async () => {
    expect((await targetOf(project, request, new Map([['customers', ['acme']]]))).assetKeys).toEqual(['invoices'])
    await expect(targetOf(project, request, new Map([['customers', []]]))).rejects.toMatchObject({ code: 'PARTITION_UNKNOWN' })
  })

  test('is left to the server where that is not known, but has to be named', async () => {
    expect((await targetOf(project, request)).assetKeys).toEqual(['invoices'])
    await expect(targetOf(project, { selection: 'invoices' })).rejects.toMatchObject({ code: 'PARTITION_REQUIRED' })
  })
})
