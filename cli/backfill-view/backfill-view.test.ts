import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { Backfill, BackfillAsset, BackfillFailure } from '../../client/index.ts'
import { colorsFor } from '../terminal.ts'
import { textWidth } from '../text.ts'
import { backfillLine, backfillTable, failuresText, nextCommand } from './backfill-summary.ts'
import { createBackfillView } from './backfill-view.ts'
import { failureGroups } from './failure-groups.ts'
import { progressLines } from './progress-lines.ts'

const colors = colorsFor({}, {})
const none = { targeted: 100, waiting: 0, inProgress: 0, materialized: 0, failed: 0, skipped: 0 }

function asset(assetKey: string, counts: Partial<BackfillAsset> = {}): BackfillAsset {
  return { assetKey, ...none, ...counts }
}

function backfill(assets: readonly BackfillAsset[], facts: Partial<Backfill> = {}): Backfill {
  const sum = (name: keyof typeof none): number => assets.reduce((all, each) => all + each[name], 0)
  const names = Object.keys(none) as (keyof typeof none)[]
  return {
    backfillId: '5b1f7a52-0c56-4f0c-9d5e-8a3c1d2b7e90',
    status: 'STARTED',
    codeLocation: 'default',
    snapshotHash: 'x',
    jobName: null,
    selection: '*',
    assets: [...assets],
    totals: Object.fromEntries(names.map((name) => [name, sum(name)])) as typeof none,
    runConfig: {},
    tags: {},
    concurrency: 100,
    priority: null,
    partitionsPerStep: null,
    continueOnFailure: false,
    createdAt: '2026-01-01T00:00:00.000Z',
    startedAt: '2026-01-01T00:00:00.000Z',
    endedAt: null,
    endReason: null,
    ...facts,
  }
}

const frame = { colors, columns: 79, perSecond: 50, elapsedMs: 4_200 }

describe('the progress of a backfill', () => {
  it('has a bar an asset, and a line for the whole with pace and time left', () => {
    const orders = asset('orders', { materialized: 50, failed: 1, inProgress: 25, waiting: 24 })
    const report = asset('report', { waiting: 99, skipped: 1 })
    expect(progressLines(backfill([orders, report]), frame)).toEqual([
      'ASSET   PROGRESS                       MADE  FAILED  SKIPPED  UNDER WAY',
      'orders  ━━━━━━━━━━━━━╌╌╌╌╌╌─────   50 / 100       1                  25',
      'report  ━───────────────────────    0 / 100                1          0',
      '⠹ 52 of 200 · 1 failed · 1 skipped · 50/s · 3 s left · 4.2 s',
    ])
  })

  it('stays within 80 columns and 15 lines, with any number of assets with long keys, those first that are not done', () => {
    const big = { targeted: 1_000_000, materialized: 999_000, failed: 1_000, skipped: 0 }
    const many = Array.from({ length: 40 }, (_, index) => asset(`raw/an_asset_with_quite_a_long_name_${index}`, big))
    const lines = progressLines(backfill([...many, asset('last', { waiting: 100 })]), frame)
    expect(lines).toHaveLength(15)
    for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(79)
    expect(lines.at(-2)).toBe('and 29 more assets')
    expect(lines.at(-3)).toContain('last')
  })

  it('fills a bar where everything is done, however much of it failed', () => {
    const done = asset('orders', { targeted: 7, materialized: 3, failed: 2, skipped: 2 })
    expect(progressLines(backfill([done]), frame)[1]).toContain('━'.repeat(24))
  })

  it('says of a paused one how it goes on, and no time', () => {
    const paused = backfill([asset('orders', { materialized: 50, waiting: 50 })], { status: 'PAUSED' })
    expect(progressLines(paused, frame).at(-1)).toBe('‖ PAUSED · 50 of 100 · assetry backfill resume 5b1f7a52')
  })
})

describe('the view of a backfill', () => {
  it('writes a line every few seconds where there is no terminal, and when the status changes', () => {
    const written: string[] = []
    let now = 0
    const view = createBackfillView({ write: (text) => written.push(text) }, () => now)
    for (now = 0; now <= 11_000; now += 500) view.look(backfill([asset('orders', { targeted: 1_000, materialized: now / 20 })]))
    view.look(backfill([asset('orders', { targeted: 1_000, materialized: 600 })], { status: 'PAUSED' }))
    view.end()
    expect(written).toEqual([
      '250 of 1,000 · 50/s · 15 s left · 5.0 s\n',
      '500 of 1,000 · 50/s · 10 s left · 10.0 s\n',
      'PAUSED · 600 of 1,000 · assetry backfill resume 5b1f7a52\n',
    ])
  })

  it('shows the newest look on a terminal, and leaves nothing behind', () => {
    const written: string[] = []
    const view = createBackfillView({ isTTY: true, columns: 80, write: (text) => written.push(text) })
    view.look(backfill([asset('orders', { materialized: 10 })]))
    view.look(backfill([asset('orders', { materialized: 20 })]))
    view.say('Waiting for a worker.')
    view.end()
    const frames = written.map((text) => stripVTControlCharacters(text))
    expect(frames[0]).toContain('Waiting for a worker.')
    expect(frames[0]).toContain('20 of 100')
    expect(frames[1]?.trim()).toBe('')
  })
})

function failure(assetKey: string, partitionKey: string | null, facts: Partial<BackfillFailure> = {}): BackfillFailure {
  const error = { name: 'Error', message: `no orders: ${partitionKey}`, stack: null, code: null, metadata: null, cause: null }
  return { assetKey, partitionKey, kind: 'FAILED', error, because: null, runId: 'run-1', time: '2026-01-01T00:00:00.000Z', ...facts }
}

describe('what a backfill did not make', () => {
  const layout = { colors, columns: 80 }

  it('stands together where only the partition differs, each asset by itself', () => {
    const days = Array.from({ length: 9 }, (_, index) => `2024-02-0${9 - index}`)
    const text = failureGroups(
      [
        ...days.map((day) => failure('orders', day)),
        ...days.slice(0, 2).map((day) => failure('report', day, { kind: 'SKIPPED', error: null, because: 'orders' })),
        failure('whole', null, {
          kind: 'CHECK',
          error: { name: 'Error', message: 'gaps', stack: null, code: 'CHECK_FAILED', metadata: null, cause: null },
        }),
      ],
      layout,
    )
    expect(text.split('\n')).toEqual([
      '✗ orders  9 × Error: no orders: …',
      '    2024-02-01, 2024-02-02, 2024-02-03, 2024-02-04, 2024-02-05, 2024-02-06, and',
      '    3 more',
      '',
      '○ report  2 × left out, because orders failed',
      '    2024-02-08, 2024-02-09',
      '',
      '✗ whole  1 × made, but CHECK_FAILED: gaps',
      '',
    ])
  })

  it('stands together whichever run it was part of', () => {
    const runs = ['0199c1c4-3f0e', '5b1f7a52-0c56']
    const failures = runs.map((runId, index) => {
      const error = { name: 'Error', message: `Run ${runId} ended as CANCELED`, stack: null, code: null, metadata: null, cause: null }
      return failure('orders', `2024-01-0${index + 1}`, { runId, error })
    })
    expect(failureGroups(failures, layout)).toBe('✗ orders  2 × Error: Run … ended as CANCELED\n    2024-01-01, 2024-01-02\n')
  })

  it('is bounded: of more kinds and more partitions there is the number', () => {
    const kinds = Array.from({ length: 20 }, (_, index) =>
      failure('orders', 'a', {
        error: { name: 'Error', message: `reason ${index}`, stack: null, code: null, metadata: null, cause: null },
      }),
    )
    expect(failureGroups(kinds, layout)).toContain('and 12 more kinds of failure')
    expect(failuresText(backfill([asset('orders', { failed: 50 })]), kinds, layout)).toContain('and 30 more partitions')
  })
})

describe('the summary of a backfill', () => {
  const ended = backfill([asset('orders', { materialized: 98, failed: 2 }), asset('report', { materialized: 98, skipped: 2 })], {
    status: 'FAILURE',
    endedAt: '2026-01-01T00:00:12.300Z',
  })

  it('has the assets as a table, and one sentence', () => {
    expect(backfillTable(ended, { colors, columns: 80 }).split('\n')).toEqual([
      'ASSET   PARTITIONS  MADE  FAILED  SKIPPED',
      'orders         100    98       2',
      'report         100    98                2',
      '',
    ])
    expect(backfillLine(ended, colors)).toBe('FAILURE  196 of 200 partitions materialized, 2 failed, 2 skipped in 12.3 s')
  })

  it('says what to do next', () => {
    expect(nextCommand(ended)).toBe('assetry backfill retry 5b1f7a52')
    expect(nextCommand(backfill([asset('orders', { materialized: 100 })], { endedAt: ended.endedAt }))).toBe(
      'assetry backfill show 5b1f7a52',
    )
  })
})
