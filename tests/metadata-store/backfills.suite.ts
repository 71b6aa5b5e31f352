import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import type { MetadataStore } from '../../metadata/metadata-store.ts'
import type { NewBackfill, NewCut } from '../../metadata/stores/backfill-store.ts'
import { type BackfillPlan, firstCursors } from '../../planning/backfill-plan.ts'
import { dailyPartitions } from '../../definitions/partitions/window-partitions.ts'
import { boom, claimOf, expectLogWithoutGaps, materializationOf } from './records.ts'
import type { StoreUnderTest } from './store-under-test.ts'

const days = dailyPartitions({ start: '2026-01-01' }).spec
const keys = ['2026-01-01', '2026-01-02', '2026-01-03', '2026-01-04']

/** A backfill of four days of an asset of its own. */
function newBackfill(assetKey: string, facts: Partial<NewBackfill> = {}): NewBackfill {
  const plan: BackfillPlan = {
    version: 1,
    stages: [{ assets: [assetKey], partitions: days, ranges: ['2026-01-01...2026-01-04'], count: 4 }],
  }
  return {
    backfillId: randomUUID(),
    codeLocation: 'tests',
    snapshotHash: 'none',
    jobName: null,
    selection: assetKey,
    plan,
    runConfig: {},
    tags: {},
    concurrency: 10,
    priority: null,
    partitionsPerStep: null,
    continues: false,
    idempotencyKey: null,
    requestHash: null,
    createdAt: new Date('2026-02-01T00:00:00Z'),
    ...facts,
  }
}

/** All four days in one run of one step. */
function wholeCut(backfillId: string, assetKey: string, facts: Partial<NewCut> = {}): NewCut {
  const ranges = ['2026-01-01...2026-01-04']
  const stepKey = `${assetKey}[${ranges[0]}]`
  return {
    backfillId,
    cuts: 0,
    cursors: [null],
    run: {
      runId: randomUUID(),
      codeLocation: 'tests',
      snapshotHash: 'none',
      jobName: null,
      selection: assetKey,
      plan: { version: 1, steps: [{ key: stepKey, asset: assetKey, after: [], partitions: ranges, partitionCount: 4 }] },
      runConfig: {},
      tags: {},
      partitions: ranges,
      cut: { stage: 0, ranges, count: 4 },
    },
    requested: [{ assetKey, count: 4 }],
    skips: [],
    ...facts,
  }
}

/** Backfills: what is cut from them, and how they count. */
export function backfillsSuite(under: StoreUnderTest): void {
  describe('backfills', () => {
    let store: MetadataStore
    beforeAll(() => {
      ;({ store } = under)
    })

    const begun = async (assetKey: string) => {
      const { backfill } = await store.backfills.create(newBackfill(assetKey))
      const cut = wholeCut(backfill.backfillId, assetKey)
      await store.backfills.cut(cut)
      const runId = cut.run?.runId ?? ''
      await store.runs.started(runId)
      const stepKey = cut.run?.plan.steps[0]?.key ?? ''
      const held = await claimOf(store, {
        runId,
        stepKey,
        kind: 'materialize',
        assetKey,
        partitions: ['2026-01-01...2026-01-04'],
        attempt: 1,
        worker: 'w',
      })
      return { backfillId: backfill.backfillId, runId, held, stepKey, cut }
    }
    const made = (assetKey: string, ...partitions: readonly string[]) => ({
      materializations: partitions.map((partitionKey) => ({ ...materializationOf(assetKey, { partitionKey }), durationMs: 3 })),
      checks: [],
      failures: [],
    })

    test('are known by their idempotency key, listed newest first, and open until they end', async () => {
      const assetKey = `asset-${randomUUID()}`
      const key = randomUUID()
      const first = await store.backfills.create(newBackfill(assetKey, { idempotencyKey: key }))
      const again = await store.backfills.create(newBackfill(assetKey, { idempotencyKey: key }))
      expect([first.created, again.created]).toEqual([true, false])
      expect(again.backfill).toEqual(first.backfill)
      expect(await store.backfills.byIdempotencyKey(key)).toEqual(first.backfill)
      const { backfillId } = first.backfill
      expect((await store.backfills.list({ statuses: ['QUEUED'] }, { limit: 1 })).items).toEqual([first.backfill])
      expect((await store.backfills.open()).map((each) => each.backfillId)).toContain(backfillId)
      expect(await store.backfills.move(backfillId, ['QUEUED'], 'STARTED')).toBe('STARTED')
      expect(await store.backfills.move(backfillId, ['PAUSED'], 'SUCCESS')).toBe('STARTED')
      expect(await store.backfills.move(backfillId, ['STARTED'], 'SUCCESS')).toBe('SUCCESS')
      expect((await store.backfills.open()).map((each) => each.backfillId)).not.toContain(backfillId)
      expect(await store.backfills.move(randomUUID(), ['QUEUED'], 'STARTED')).toBeUndefined()
    })

    test('are cut once by whoever has read how far they are, and not by the others', async () => {
      const assetKey = `asset-${randomUUID()}`
      const { backfill } = await store.backfills.create(newBackfill(assetKey))
      const { backfillId } = backfill
      expect(await store.backfills.work(backfillId)).toMatchObject({ cuts: 0, cursors: firstCursors(newBackfill(assetKey).plan), runs: [] })
      const answers = await Promise.all(Array.from({ length: 4 }, () => store.backfills.cut(wholeCut(backfillId, assetKey))))
      expect(answers.filter(Boolean)).toHaveLength(1)
      const work = await store.backfills.work(backfillId)
      expect(work).toMatchObject({ cuts: 1, cursors: [null], runs: [{ status: 'QUEUED', stepCount: 1, cut: { count: 4 } }] })
      expect(work?.backfill.assets).toEqual([{ assetKey, targeted: 4, requested: 4, materialized: 0, failed: 0, skipped: 0 }])
      const run = await store.runs.get(work?.runs[0]?.runId ?? '')
      expect(run).toMatchObject({ backfillId, partitions: ['2026-01-01...2026-01-04'], partitionKey: null })
      expect((await store.runs.list({ backfillId }, { limit: 10 })).items).toEqual([run])
    })

    test('count each partition once, however often its record is repeated', async () => {
      const assetKey = `asset-${randomUUID()}`
      const { backfillId, runId, held, stepKey } = await begun(assetKey)
      const working = await store.partitions.inProgress(assetKey)
      expect(working).toEqual([{ runId, partitions: ['2026-01-01...2026-01-04'], recorded: 0 }])
      await store.steps.recordPartitions(held, made(assetKey, '2026-01-01', '2026-01-02'))
      await store.steps.recordPartitions(held, made(assetKey, '2026-01-01', '2026-01-02'))
      const failed = {
        materializations: [],
        checks: [],
        failures: [
          { assetKey, partitionKey: '2026-01-03', kind: 'FAILED', error: boom },
          { assetKey, partitionKey: '2026-01-04', kind: 'SKIPPED', because: 'other' },
        ],
      } as const
      await store.steps.recordPartitions(held, failed)
      await store.steps.recordPartitions(held, failed)
      expect((await store.backfills.get(backfillId))?.assets).toEqual([
        { assetKey, targeted: 4, requested: 4, materialized: 2, failed: 1, skipped: 1 },
      ])
      expect(await store.partitions.counts(assetKey)).toEqual({ materialized: 2, failed: 1, observed: 0 })
      expect((await store.partitions.inProgress(assetKey))[0]?.recorded).toBe(4)
      expect(await store.backfills.recordedKeys(runId, stepKey)).toEqual({
        made: new Set(keys.slice(0, 2)),
        failed: new Set(keys.slice(2)),
      })
      expect(await store.backfills.recordedOf(runId, assetKey)).toEqual(new Set(keys))
      expect(await store.backfills.failedKeys({ backfillId }, [assetKey])).toEqual(new Map([[assetKey, new Set(keys.slice(2))]]))
      expect(await store.backfills.failures(backfillId, 10)).toMatchObject([
        { assetKey, partitionKey: '2026-01-03', kind: 'FAILED', error: boom, runId },
        { assetKey, partitionKey: '2026-01-04', kind: 'SKIPPED', because: 'other' },
      ])
      expect(await store.backfills.partitionMs(assetKey)).toBe(3)
      await store.steps.succeeded(held, { failure: boom })
      await expectLogWithoutGaps(store, runId)
    })

    test('a record of an attempt that another one has taken over from is refused', async () => {
      const assetKey = `asset-${randomUUID()}`
      const { runId, held, stepKey } = await begun(assetKey)
      await claimOf(store, { runId, stepKey, kind: 'materialize', assetKey, attempt: 2, worker: 'w' })
      await expect(store.steps.recordPartitions(held, made(assetKey, '2026-01-01'))).rejects.toMatchObject({ code: 'STEP_FENCED' })
    })

    test('account for what a run that ended did not come to, once, and put what failed back into the plan', async () => {
      const assetKey = `asset-${randomUUID()}`
      const { backfillId, runId, held } = await begun(assetKey)
      await store.steps.recordPartitions(held, made(assetKey, '2026-01-01'))
      await store.runs.ended({ runId, status: 'FAILURE', reason: 'terminated', skipped: [] })
      const left = keys.slice(1).map((partitionKey) => ({ assetKey, partitionKey, kind: 'FAILED', error: boom }) as const)
      await store.backfills.settle(runId, left)
      await store.backfills.settle(runId, left)
      expect((await store.backfills.get(backfillId))?.assets).toMatchObject([{ materialized: 1, failed: 3 }])
      const work = await store.backfills.work(backfillId)
      expect(work?.runs).toEqual([])
      expect(await store.backfills.retriableKeys(backfillId)).toEqual(new Map([[assetKey, new Set(keys.slice(1))]]))
      const { plan } = newBackfill(assetKey)
      expect(await store.backfills.retry({ backfillId, cuts: 0, plan, cursors: [null] })).toBe(false)
      await store.backfills.move(backfillId, ['QUEUED'], 'FAILURE')
      expect(await store.backfills.retry({ backfillId, cuts: work?.cuts ?? 0, plan, cursors: [null] })).toBe(true)
      const retried = await store.backfills.get(backfillId)
      expect(retried).toMatchObject({ status: 'QUEUED', endedAt: null, assets: [{ requested: 1, materialized: 1, failed: 0 }] })
      expect(await store.backfills.failures(backfillId, 10)).toEqual([])
    })

    test('one partition a step is counted as it is recorded, made or failed', async () => {
      const assetKey = `asset-${randomUUID()}`
      const { backfill } = await store.backfills.create(newBackfill(assetKey))
      const cut = wholeCut(backfill.backfillId, assetKey)
      await store.backfills.cut(cut)
      const runId = cut.run?.runId ?? ''
      const startOf = (key: string) =>
        ({ runId, stepKey: `${assetKey}[${key}]`, kind: 'materialize', assetKey, partitions: [key], attempt: 1, worker: 'w' }) as const
      const making = { materializations: [materializationOf(assetKey, { partitionKey: '2026-01-01' })] }
      await store.steps.completed(startOf('2026-01-01'), 1, making)
      const second = await claimOf(store, startOf('2026-01-02'))
      await store.steps.succeeded(second, { materializations: [materializationOf(assetKey, { partitionKey: '2026-01-02' })] })
      const third = { ...(await claimOf(store, startOf('2026-01-03'))), partitionKey: '2026-01-03' }
      await store.steps.failed(third, boom, null)
      expect((await store.backfills.get(backfill.backfillId))?.assets).toMatchObject([{ materialized: 2, failed: 1, skipped: 0 }])
      expect(await store.backfills.failures(backfill.backfillId, 10)).toMatchObject([{ partitionKey: '2026-01-03', kind: 'FAILED', runId }])
    })
  })
}
