import { describe, expect, test } from 'vitest'
import { assetHealth, type HealthFacts } from './asset-health.ts'

const good: HealthFacts = { origin: 'function', status: 'MATERIALIZED', failedPartitions: 0, checks: [], freshness: undefined }
const never: HealthFacts = { ...good, status: undefined }
const found = (passed: boolean, severity: 'ERROR' | 'WARN' = 'ERROR', description: string | null = null) => ({
  passed,
  severity,
  description,
})

describe('the health of an asset', () => {
  test('is good where it was made, its checks passed and it is fresh', () => {
    const checks = [{ name: 'a', latest: found(true) }]
    expect(assetHealth({ ...good, checks, freshness: { state: 'PASS', reason: '' } })).toEqual({ status: 'HEALTHY', reasons: [] })
    expect(assetHealth({ ...good, origin: 'observable', status: 'OBSERVED' }).status).toBe('HEALTHY')
  })

  test('is degraded where its newest step, or that of a partition, failed', () => {
    expect(assetHealth({ ...good, status: 'FAILED' })).toEqual({
      status: 'DEGRADED',
      reasons: [{ kind: 'MATERIALIZATION', status: 'DEGRADED', reason: 'Its newest materialization failed.' }],
    })
    expect(assetHealth({ ...good, failedPartitions: 2 }).reasons).toMatchObject([{ status: 'DEGRADED', reason: '2 partitions failed.' }])
    expect(assetHealth({ ...good, origin: 'observable', status: 'FAILED' }).reasons[0]?.reason).toBe('Its newest observation failed.')
  })

  test('is degraded by a check that failed with ERROR, and a warning by one that failed with WARN', () => {
    const checks = [
      { name: 'warns', latest: found(false, 'WARN') },
      { name: 'fails', latest: found(false, 'ERROR', '3 rows are empty.') },
      { name: 'passes', latest: found(true) },
      { name: 'never', latest: undefined },
    ]
    expect(assetHealth({ ...good, checks })).toEqual({
      status: 'DEGRADED',
      reasons: [
        { kind: 'CHECK', status: 'DEGRADED', checkName: 'fails', reason: 'Check "fails" did not pass: 3 rows are empty.' },
        { kind: 'CHECK', status: 'WARNING', checkName: 'warns', reason: 'Check "warns" did not pass.' },
        { kind: 'CHECK', status: 'UNKNOWN', checkName: 'never', reason: 'Check "never" was never evaluated.' },
      ],
    })
    expect(assetHealth({ ...good, checks: checks.slice(0, 1) }).status).toBe('WARNING')
    expect(assetHealth({ ...good, checks: checks.slice(2) }).status).toBe('HEALTHY')
  })

  test('follows its freshness', () => {
    const health = (state: 'WARN' | 'FAIL' | 'UNKNOWN') => assetHealth({ ...good, freshness: { state, reason: 'it is old' } })
    expect(health('WARN')).toEqual({ status: 'WARNING', reasons: [{ kind: 'FRESHNESS', status: 'WARNING', reason: 'it is old' }] })
    expect(health('FAIL').status).toBe('DEGRADED')
  })

  test('is unknown of what never ran, and nothing to speak of where that is made elsewhere', () => {
    expect(assetHealth(never)).toMatchObject({ status: 'UNKNOWN', reasons: [{ reason: 'It was never materialized.' }] })
    expect(assetHealth({ ...never, origin: 'observable' })).toMatchObject({
      status: 'UNKNOWN',
      reasons: [{ reason: 'It was never observed.' }],
    })
    expect(assetHealth({ ...never, origin: 'external' })).toEqual({ status: 'NOT_APPLICABLE', reasons: [] })
    const checks = [{ name: 'a', latest: undefined }]
    expect(assetHealth({ ...never, origin: 'external', checks }).status).toBe('UNKNOWN')
    expect(assetHealth({ ...never, origin: 'external', checks: [{ name: 'a', latest: found(true) }] }).status).toBe('HEALTHY')
    expect(assetHealth({ ...never, origin: 'external', freshness: { state: 'UNKNOWN', reason: 'never' } }).status).toBe('UNKNOWN')
  })
})
