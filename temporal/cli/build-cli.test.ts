import { describe, expect, test } from 'vitest'
import { BuildLines } from './build-cli.ts'

describe('the lines of a build', () => {
  test('become a count of modules, then of packages', () => {
    const lines = new BuildLines()
    expect(lines.message()).toMatch(/once for this user \(about three minutes\)$/)
    lines.add('go: downloading go.temporal.io/server v1.29.1')
    lines.add('go: downloading modernc.org/sqlite v1.34.1')
    expect(lines.message()).toContain('2 modules downloaded')
    lines.add('internal/unsafeheader')
    lines.add('go.temporal.io/server/common/log')
    lines.add('crypto/internal/fips140/v2.0')
    expect(lines.message()).toContain('3 of at most 1298 packages compiled')
  })

  test('keep the last five for the error, where a message is no package', () => {
    const lines = new BuildLines()
    for (const line of ['one', 'two', 'three', 'four', 'five']) lines.add(line)
    lines.add('# some/package: cannot find module')
    expect(lines.message()).toContain('5 of at most')
    expect(lines.lastLines().split('\n')).toEqual(['  two', '  three', '  four', '  five', '  # some/package: cannot find module'])
  })
})
