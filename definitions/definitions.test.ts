import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { asset } from './asset.ts'
import { AssetSelection } from './asset-selection.ts'
import { definitions, type DefinitionsOptions, isDefinitions } from './definitions.ts'
import { env } from './env.ts'
import { type Finding, isAssetryError } from './errors.ts'
import { graph } from './graph.ts'
import { graphAsset } from './graph-asset.ts'
import { ioManager } from './io-manager.ts'
import { assetJob, job } from './job.ts'
import { multiAsset } from './multi-asset.ts'
import { op } from './op.ts'
import { resource } from './resource.ts'

const materialize = () => 1
const rawOrders = asset({ key: 'raw/orders', materialize })
const orders = asset({ key: 'orders', group: 'reports', inputs: { rawOrders }, materialize })
const clock = resource({ name: 'clock', create: () => Date })
const duckdb = resource({ name: 'duckdb', config: z.object({ path: z.string() }), create: ({ path }) => path })

function findingsOf(options: DefinitionsOptions): readonly Finding[] {
  try {
    definitions(options)
  } catch (error) {
    if (isAssetryError(error) && error.code === 'DEFINITIONS_INVALID') return error.facts['findings'] as readonly Finding[]
    throw error
  }
  return []
}

function codesOf(options: DefinitionsOptions): readonly string[] {
  return findingsOf(options).map((finding) => finding.code)
}

describe('definitions that are in order', () => {
  test('keep assets and jobs as declared, and hold resources by name with their config', () => {
    const nightly = assetJob({ name: 'nightly', selection: '+orders' })
    const files = ioManager({ name: 'files', save: () => {}, load: () => 1 })
    const report = asset({ key: 'report', resources: { clock, db: duckdb }, deps: [orders], materialize })
    const path = env('DUCKDB_PATH')
    const all = definitions({
      assets: [report, orders, rawOrders],
      jobs: [nightly],
      resources: [clock, duckdb.configure({ path })],
      ioManager: files,
    })
    expect(isDefinitions(all)).toBe(true)
    expect(all.assets).toEqual([report, orders, rawOrders])
    expect(all.jobs).toEqual([nightly])
    expect(all.resources['clock']).toMatchObject({ name: 'clock', resource: clock, config: undefined })
    expect(all.resources['duckdb']).toMatchObject({ name: 'duckdb', resource: duckdb, config: { path } })
    expect(all.ioManager).toBe(files)
  })

  test('find no resource by a name that every object has', () => {
    const all = definitions({ assets: [rawOrders] })
    expect(all.resources['constructor']).toBeUndefined()
    const odd = resource({ name: '__proto__', create: () => 1 })
    expect(definitions({ assets: [], resources: [odd] }).resources['__proto__']?.resource).toBe(odd)
  })

  test('may be empty', () => {
    expect(definitions({ assets: [] }).assets).toEqual([])
  })
})

describe('what is wrong with definitions', () => {
  test('is reported all at once, each finding with its code and its place', () => {
    const lost = asset({ key: 'lost', inputs: { orders }, deps: ['raw/order'], resources: { clock }, materialize })
    const findings = findingsOf({
      assets: [rawOrders, rawOrders, lost],
      jobs: [assetJob({ name: 'j', selection: '*' }), assetJob({ name: 'j', selection: '*' })],
    })
    expect(findings.map(({ code, path }) => `${code} ${path}`)).toEqual([
      'DUPLICATE_ASSET_KEY assets.raw/orders',
      'UNKNOWN_INPUT assets.lost.inputs.orders',
      'UNKNOWN_DEP assets.lost.deps',
      'DUPLICATE_NAME jobs.j',
      'MISSING_RESOURCE resources.clock',
    ])
  })

  test('is one error with a line for each finding', () => {
    const lost = asset({ key: 'lost', deps: ['raw/order', 'nowhere'], materialize })
    expect(() => definitions({ assets: [rawOrders, lost] })).toThrow(
      [
        'The definitions are not valid:',
        '  - Asset "lost" depends on "raw/order", which is not among the assets. Add that asset to assets, or correct the key. Did you mean "raw/orders"?',
        '  - Asset "lost" depends on "nowhere", which is not among the assets. Add that asset to assets, or correct the key.',
      ].join('\n'),
    )
  })
})

describe('keys and names', () => {
  test('two assets of one key are told apart from one asset listed twice', () => {
    const twin = asset({ key: 'raw/orders', materialize })
    expect(findingsOf({ assets: [rawOrders, twin] })[0]?.message).toBe(
      '2 assets have the key "raw/orders". Give each a key of its own; a prefix such as "raw/raw/orders" will do.',
    )
    expect(findingsOf({ assets: [rawOrders, rawOrders] })[0]?.message).toBe('Asset "raw/orders" is listed 2 times. List it once.')
  })

  test('two resources of one name are refused, given or asked for', () => {
    const other = resource({ name: 'clock', create: () => 1 })
    const one = asset({ key: 'one', resources: { clock }, materialize })
    const two = asset({ key: 'two', resources: { time: other }, materialize })
    expect(codesOf({ assets: [], resources: [clock, other] })).toEqual(['DUPLICATE_NAME'])
    expect(codesOf({ assets: [], resources: [duckdb.configure({ path: 'a' }), duckdb.configure({ path: 'b' })] })).toEqual([
      'DUPLICATE_NAME',
    ])
    expect(findingsOf({ assets: [one, two], resources: [clock] })).toMatchObject([
      {
        code: 'DUPLICATE_NAME',
        message: '2 different resources are named "clock"; assets "one" and "two" ask for it. Give each a name of its own, or share one.',
      },
    ])
    expect(codesOf({ assets: [one], resources: [other] })).toEqual(['DUPLICATE_NAME'])
  })
})

describe('upstream assets', () => {
  test('an input that is not listed is named with the parameter it has', () => {
    expect(findingsOf({ assets: [orders] })).toMatchObject([
      {
        code: 'UNKNOWN_INPUT',
        message:
          'Asset "orders" reads "raw/orders" as its input "rawOrders", which is not among the assets. Add that asset to assets. Did you mean "orders"?',
      },
    ])
  })

  test('an asset with the key of an input may stand in for it', () => {
    expect(codesOf({ assets: [asset({ key: 'raw/orders', materialize }), orders] })).toEqual([])
  })

  test('a circle is shown in the direction of the data', () => {
    const a = asset({ key: 'a', deps: ['c'], materialize })
    const b = asset({ key: 'b', deps: ['a'], materialize })
    const c = asset({ key: 'c', deps: ['b', 'rest'], materialize })
    const rest = asset({ key: 'rest', materialize })
    expect(findingsOf({ assets: [rest, a, b, c] })).toMatchObject([
      { code: 'ASSET_CYCLE', message: 'Assets need each other in a circle: a → b → c → a. Remove one of these dependencies.' },
    ])
  })

  test('an asset that needs itself is the smallest circle', () => {
    expect(findingsOf({ assets: [asset({ key: 'a', deps: ['a'], materialize })] })[0]?.message).toContain('in a circle: a → a.')
  })

  test('each of several circles is reported', () => {
    const ring = (one: string, other: string) => [
      asset({ key: one, deps: [other], materialize }),
      asset({ key: other, deps: [one], materialize }),
    ]
    expect(codesOf({ assets: [...ring('a', 'b'), ...ring('c', 'd')] })).toEqual(['ASSET_CYCLE', 'ASSET_CYCLE'])
  })
})

describe('resources', () => {
  test('one that is missing comes with who asks for it and what to write', () => {
    const one = asset({ key: 'one', resources: { db: duckdb }, materialize })
    const two = asset({ key: 'two', resources: { db: duckdb, clock }, materialize })
    expect(findingsOf({ assets: [one, two] }).map((finding) => finding.message)).toEqual([
      'Assets "one" and "two" ask for the resource "duckdb", which is not given. Add it: definitions({ resources: [duckdb.configure({ … })] }).',
      'Asset "two" asks for the resource "clock", which is not given. Add it: definitions({ resources: [clock] }).',
    ])
  })
})

describe('what is no definition', () => {
  test('undefined is explained by circular imports', () => {
    expect(findingsOf({ assets: [rawOrders, undefined as never] })).toMatchObject([
      {
        code: 'INVALID_OPTION',
        path: 'assets[1]',
        message: expect.stringContaining('assets[1] is undefined, not an asset. A module that imports itself in a circle'),
      },
    ])
  })

  test('a hole in the list counts as undefined', () => {
    // oxlint-disable-next-line no-sparse-arrays -- it is what is tested
    expect(codesOf({ assets: [rawOrders, , orders] as never })).toEqual(['INVALID_OPTION'])
  })

  const strangers: readonly (readonly [unknown, string])[] = [
    [[orders], 'is an array, not an asset. Put three dots before it'],
    [clock, 'is of kind "resource", not an asset'],
    ['raw/orders', 'is the text "raw/orders", not an asset'],
    [null, 'is null, not an asset'],
    [{ key: 'x' }, 'is an object, not an asset'],
    [materialize, 'is a function, not an asset'],
  ]
  test.each(strangers)('%# among the assets is told apart', (stranger, part) => {
    expect(findingsOf({ assets: [stranger as never] })[0]?.message).toContain(`assets[0] ${part}`)
  })

  test('an object instead of a list, and other things in the other places', () => {
    expect(
      findingsOf({ assets: { orders }, jobs: [orders], resources: [() => clock], ioManager: { save: materialize } } as never).map(
        (finding) => finding.message.split('.')[0],
      ),
    ).toEqual([
      'assets is an object, not an array',
      'jobs[0] is of kind "asset", not a job',
      'resources[0] is a function, not a resource',
      'ioManager is an object, not an IO manager',
    ])
  })
})

describe('jobs', () => {
  const assets = [rawOrders, orders]

  test('may not select assets that do not exist', () => {
    const job = assetJob({ name: 'nightly', selection: AssetSelection.keys('raw/odrers', 'zebra') })
    expect(findingsOf({ assets, jobs: [job] })).toMatchObject([
      {
        code: 'UNKNOWN_ASSET',
        path: 'jobs.nightly.selection',
        message: 'Job "nightly": There is no asset "raw/odrers". Did you mean "raw/orders"?',
      },
      { code: 'UNKNOWN_ASSET', message: 'Job "nightly": There is no asset "zebra". The assets are "raw/orders" and "orders".' },
    ])
  })

  test('may not select nothing', () => {
    const job = assetJob({ name: 'nightly', selection: 'group:report' })
    expect(findingsOf({ assets, jobs: [job] })).toMatchObject([
      {
        code: 'EMPTY_SELECTION',
        message:
          'Job "nightly": The selection group:report is empty: it doesn\'t match any of 2 assets. No group is "report"; the groups are "default" and "reports".',
      },
    ])
  })

  test('may not select by how assets stand just now, which definitions do not know', () => {
    const lonely = asset({ key: 'lonely', deps: ['nowhere'], materialize })
    const job = assetJob({ name: 'nightly', selection: AssetSelection.status('stale').or(AssetSelection.keys('ordrs')) })
    const findings = [
      {
        code: 'STATUS_UNKNOWN',
        path: 'jobs.nightly.selection',
        message: expect.stringMatching(
          /^Job "nightly": The selection status:stale or ordrs asks how assets stand,.* only a server knows it/,
        ),
      },
      { code: 'UNKNOWN_ASSET', path: 'jobs.nightly.selection' },
    ]
    expect(findingsOf({ assets, jobs: [job] })).toMatchObject(findings)
    expect(findingsOf({ assets: [...assets, lonely], jobs: [job] })).toMatchObject([{ code: 'UNKNOWN_DEP' }, ...findings])
  })

  test('are not blamed for assets that are wrong themselves', () => {
    const job = assetJob({ name: 'nightly', selection: 'orders' })
    expect(codesOf({ assets: [rawOrders, undefined as never], jobs: [job] })).toEqual(['INVALID_OPTION'])
  })

  test('whose selection can not be read are named beside everything else that is wrong', () => {
    const lonely = asset({ key: 'lonely', deps: ['nowhere'], materialize })
    const jobs = [assetJob({ name: 'nightly', selection: 'orders,lonely' }), assetJob({ name: 'weekly', selection: 'lonely and' })]
    expect(findingsOf({ assets: [...assets, lonely], jobs })).toMatchObject([
      { code: 'UNKNOWN_DEP' },
      {
        code: 'SELECTION_SYNTAX',
        path: 'jobs.nightly.selection',
        message: expect.stringMatching(/^Job "nightly": The selection can't be read at character 7.*\n {2}orders,lonely\n {8}\^$/s),
      },
      { code: 'SELECTION_SYNTAX', path: 'jobs.weekly.selection' },
    ])
  })

  test('are told of unknown keys and groups while the graph is wrong too, but not of what follows from that', () => {
    const lonely = asset({ key: 'lonely', deps: ['nowhere'], materialize })
    const selections = ['ordrs', 'group:report', 'nowhere', 'nowhere and group:report', 'lonely and +orders', 'orders or group:report']
    const jobs = selections.map((selection, index) => assetJob({ name: `job-${index}`, selection }))
    expect(findingsOf({ assets: [...assets, lonely], jobs })).toMatchObject([
      { code: 'UNKNOWN_DEP' },
      { code: 'UNKNOWN_ASSET', path: 'jobs.job-0.selection' },
      { code: 'EMPTY_SELECTION', path: 'jobs.job-1.selection', message: expect.stringContaining('No group is "report"') },
    ])
  })
})

describe('graphs of jobs and assets', () => {
  const tick = op({ name: 'tick', resources: { clock }, run: () => 1 })
  const query = op({ name: 'query', resources: { clock, db: duckdb }, run: () => 2 })

  test('may be all there is, beside asset jobs and assets or without any', () => {
    const ticking = job({ name: 'ticking', graph: () => tick() })
    const alone = definitions({ jobs: [ticking], resources: [clock] })
    expect([alone.assets, alone.jobs]).toEqual([[], [ticking]])
    expect(codesOf({ assets: [rawOrders], jobs: [ticking, assetJob({ name: 'all', selection: '*' })], resources: [clock] })).toEqual([])
    expect(
      codesOf({ jobs: [ticking, assetJob({ name: 'ticking', selection: 'raw/orders' })], assets: [rawOrders], resources: [clock] }),
    ).toEqual(['DUPLICATE_NAME'])
  })

  test('have their resources given, and whose op asks is said', () => {
    const report = graphAsset({ key: 'report', graph: () => query() })
    const ticking = job({
      name: 'ticking',
      graph: () => {
        tick()
        tick()
        query()
      },
    })
    const reading = asset({ key: 'reading', resources: { clock }, materialize })
    expect(findingsOf({ assets: [reading, report], jobs: [ticking] }).map(({ message }) => message)).toEqual([
      'Asset "reading" and op "query" of asset "report" and ops "tick" and "query" of job "ticking" ask for the resource "clock", which is not given. Add it: definitions({ resources: [clock] }).',
      'Op "query" of asset "report" and op "query" of job "ticking" ask for the resource "duckdb", which is not given. Add it: definitions({ resources: [duckdb.configure({ … })] }).',
    ])
  })

  test('have one op for each name', () => {
    const other = op({ name: 'tick', run: () => 2 })
    const twice = (name: string, second: typeof other) =>
      job({
        name,
        graph: () => {
          tick()
          second()
        },
      })
    expect(codesOf({ jobs: [twice('same', tick as never)], resources: [clock] })).toEqual([])
    expect(findingsOf({ jobs: [twice('j', other)], resources: [clock] })).toEqual([
      {
        code: 'DUPLICATE_NAME',
        path: 'jobs.j.graph.tick',
        message: '2 different ops of job "j" are named "tick". Give each a name of its own; one op may be invoked many times.',
      },
    ])
  })

  test('may have a list passed on many times, beside an op of that name', () => {
    const list = op({ name: 'list', run: () => [[1]] })
    const passOn = op({ name: 'pass_on', run: ({ n }: { n: number }) => n })
    const nested = job({
      name: 'j',
      graph: () =>
        void list()
          .map((each) => each.map((n) => passOn({ n })).collect())
          .collect(),
    })
    expect(codesOf({ jobs: [nested] })).toEqual([])
  })

  test('of assets have step keys that nothing else has', () => {
    const report = graphAsset({ key: 'report', graph: () => graph({ name: 'each', graph: () => query() })() })
    const taken = (other: DefinitionsOptions['assets']) =>
      findingsOf({ assets: [report, ...(other ?? [])], resources: [clock, duckdb.configure({ path: '' })] })
    const message = (what: string) => `The step "report.each.query" would be that of ${what}. Rename one of them.`
    expect(taken([])).toEqual([])
    expect(taken([asset({ key: 'report.each.query', materialize })])).toEqual([
      {
        code: 'DUPLICATE_NAME',
        path: 'assets.report.graph.each.query',
        message: message('asset "report.each.query" and op "each.query" of asset "report"'),
      },
    ])
    expect(taken([graphAsset({ key: 'report.each', graph: () => query() })])).toMatchObject([
      { message: message('op "each.query" of asset "report" and op "query" of asset "report.each"') },
    ])
    const several = multiAsset({ name: 'report.each.query', outputs: { a: { key: 'a' } }, materialize: () => ({ a: 1 }) })
    expect(taken([several])).toMatchObject([{ message: message('multi-asset "report.each.query" and op "each.query" of asset "report"') }])
  })
})
