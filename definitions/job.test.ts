import { describe, expect, test } from 'vitest'
import { asset } from './asset.ts'
import { AssetSelection, printSelection } from './asset-selection.ts'
import { assetJob, isJob } from './job.ts'

describe('an asset job', () => {
  test('takes its selection as text or as AssetSelection', () => {
    const text = assetJob({ name: 'nightly', selection: 'group:reports and not tag:slow' })
    const built = assetJob({ name: 'nightly', selection: AssetSelection.groups('reports').and(AssetSelection.tag('slow').not()) })
    expect(isJob(text)).toBe(true)
    expect(text.selection.node).toEqual(built.selection.node)
    expect(printSelection(built.selection)).toBe('group:reports and not tag:slow')
  })

  test('has defaults for what is not said', () => {
    expect(assetJob({ name: 'nightly', selection: '*' })).toMatchObject({ description: undefined, tags: {}, runConfig: {} })
  })

  test('refuses a name, a tag and a selection that are none; a text without sense is left to definitions()', () => {
    const orders = asset({ key: 'orders', materialize: () => 1 })
    expect(() => assetJob({ name: 'my job', selection: '*' })).toThrow('"my job" can\'t name a job')
    expect(() => assetJob({ name: 'j', selection: '*', tags: { 'a b': '' } })).toThrow('job "j": tag key "a b"')
    expect(() => assetJob({ name: 'j', selection: orders as never })).toThrow('For single assets use AssetSelection.keys(asset)')
    const unreadable = assetJob({ name: 'j', selection: 'a,b' })
    expect(() => unreadable.selection).toThrow(expect.objectContaining({ code: 'SELECTION_SYNTAX' }))
  })
})
