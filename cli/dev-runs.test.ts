import { describe, expect, it } from 'vitest'
import type { Run } from '../client/index.ts'
import { RunWatch } from './dev-runs.ts'
import { colorsFor } from './terminal.ts'

function run(runId: string, second: number, status: Run['status']): Run {
  const at = (add: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second + add)).toISOString()
  const ended = ['SUCCESS', 'FAILURE', 'CANCELED'].includes(status)
  return {
    runId,
    status,
    codeLocation: 'default',
    snapshotHash: 'x',
    jobName: null,
    selection: '*',
    assetKeys: ['a'],
    stepCount: 1,
    partitionKey: null,
    partitions: null,
    backfillId: null,
    runConfig: {},
    tags: {},
    createdAt: at(0),
    startedAt: at(0),
    endedAt: ended ? at(1) : null,
    endReason: null,
  }
}

function watched(): { watch: RunWatch; lines: string[]; failed: string[] } {
  const lines: string[] = []
  const failed: string[] = []
  const screen = { colors: colorsFor({}, {}), columns: 80, now: new Date() }
  const watch = new RunWatch(
    (line) => lines.push(line(screen).slice(10)),
    (runId) => failed.push(runId),
  )
  return { watch, lines, failed }
}

describe('RunWatch', () => {
  it('keeps quiet about what was there before, and tells the end of what was open then', () => {
    const { watch, lines } = watched()
    watch.look([run('old2', 2, 'STARTED'), run('old1', 1, 'SUCCESS')])
    expect(lines).toEqual([])
    watch.look([run('old2', 2, 'SUCCESS'), run('old1', 1, 'SUCCESS')])
    expect(lines).toEqual(['✓ run old2  *  SUCCESS 1.0 s'])
  })

  it('tells beginning and end of a new run once each', () => {
    const { watch, lines } = watched()
    watch.look([])
    watch.look([run('a', 5, 'QUEUED')])
    watch.look([run('a', 5, 'STARTED')])
    watch.look([run('a', 5, 'SUCCESS')])
    watch.look([run('a', 5, 'SUCCESS')])
    expect(lines).toEqual(['▸ run a  *  1 step', '✓ run a  *  SUCCESS 1.0 s'])
  })

  it('tells both of a run that began and ended between two looks', () => {
    const { watch, lines, failed } = watched()
    watch.look([run('old', 1, 'SUCCESS')])
    watch.look([run('a', 5, 'FAILURE'), run('old', 1, 'SUCCESS')])
    expect(lines).toEqual(['▸ run a  *  1 step', '✗ run a  *  FAILURE 1.0 s'])
    expect(failed).toEqual(['a'])
  })
})
