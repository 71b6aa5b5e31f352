import { describe, expect, test } from 'vitest'
import { maximumRootCauses, type RootCause, rootCausesOf, type StaleCause } from './stale-cause.ts'
import { type AssetStaleness, assetStaleness, type KnownVersions, type MadeFrom, type VersionedAsset } from './staleness.ts'

const noon = Date.parse('2026-01-01T12:00:00Z')
const minute = (count: number): Date => new Date(noon + count * 60_000)

function declared(
  key: string,
  upstream = '',
  codeVersion: string | null = '1',
  origin: VersionedAsset['origin'] = 'function',
): VersionedAsset {
  return { key, upstreamKeys: upstream.split(' ').filter(Boolean), codeVersion, origin, partitions: null }
}

/** An asset of data version `dataVersion`, made by code 1 from `inputVersions`. */
function made(
  dataVersion: string | null,
  inputVersions: Readonly<Record<string, string | null>> | null = {},
  { codeVersion = '1', at = minute(0) }: { readonly codeVersion?: string | null; readonly at?: Date } = {},
): KnownVersions {
  return { materialized: { codeVersion, inputVersions, begunAt: at }, dataVersion, dataVersionAt: at }
}

const seen = (dataVersion: string | null, at = minute(0)): KnownVersions => ({ materialized: null, dataVersion, dataVersionAt: at })

function standing(assets: readonly VersionedAsset[], known: Readonly<Record<string, KnownVersions>>, key: string): AssetStaleness {
  return assetStaleness(assets, new Map(Object.entries(known))).get(key) as AssetStaleness
}

const reasons = ({ causes }: AssetStaleness): readonly string[] => causes.map((cause) => cause.reason)

const chain = [declared('raw'), declared('clean', 'raw'), declared('report', 'clean')]
const chainMade = { raw: made('r1'), clean: made('c1', { raw: 'r1' }), report: made('p1', { clean: 'c1' }) }

describe('an asset', () => {
  test('is fresh while all that it was made from is as it was', () => {
    for (const key of ['raw', 'clean', 'report']) expect(standing(chain, chainMade, key)).toEqual({ status: 'FRESH', causes: [] })
  })

  test('is missing until it was materialized, whatever else is known of it', () => {
    expect(standing(chain, {}, 'clean')).toEqual({ status: 'MISSING', causes: [] })
    expect(standing(chain, { ...chainMade, clean: seen('c9') }, 'clean')).toEqual({ status: 'MISSING', causes: [] })
  })

  test.each(['external', 'observable'] as const)('that no run makes, because it is %s, is neither stale nor missing', (origin) => {
    expect(standing([declared('raw', '', '2', origin)], {}, 'raw')).toEqual({ status: 'NOT_APPLICABLE', causes: [] })
    expect(standing([declared('raw', '', '2', origin)], { raw: made('r1') }, 'raw')).toEqual({ status: 'NOT_APPLICABLE', causes: [] })
  })

  test('of a name that every object has is found by that name alone', () => {
    const odd = [declared('__proto__'), declared('constructor'), declared('report', '__proto__ constructor')]
    const inputs = JSON.parse('{"__proto__":"1"}') as Record<string, string>
    const known = new Map([
      ['__proto__', made('1')],
      ['report', made('1', inputs)],
    ])
    expect(reasons(assetStaleness(odd, known).get('report') as AssetStaleness)).toEqual([
      '"report" was made without "constructor", which it needs now.',
    ])
  })
})

describe('an asset that needs partitions of another', () => {
  const partitions = { kind: 'static', keys: ['a', 'b'] } as const
  const assets = [{ ...declared('sales'), partitions }, declared('total', 'sales'), declared('raw')]

  test('is not stale because of what they have become, which is not known of them as a whole', () => {
    const known = { sales: made('s9', {}, { at: minute(5) }), total: made('t1', { sales: 'of-both' }) }
    expect(standing(assets, known, 'total')).toEqual({ status: 'FRESH', causes: [] })
    expect(standing(assets, { ...known, total: made('t1', { sales: null }) }, 'total').status).toBe('FRESH')
  })

  test('is stale where it was made without them, or by other code', () => {
    expect(reasons(standing(assets, { total: made('t1', {}) }, 'total'))).toEqual(['"total" was made without "sales", which it needs now.'])
    expect(standing([declared('total', 'sales', '2'), ...assets.slice(0, 1)], { total: made('t1', { sales: 'v' }) }, 'total').status).toBe(
      'STALE',
    )
  })
})

describe('code', () => {
  test('of another version makes the asset stale, and says both', () => {
    const { status, causes } = standing([declared('raw', '', '2')], { raw: made('r1') }, 'raw')
    const reason = '"raw" was made with code version "1" and has "2" now.'
    expect({ status, causes }).toEqual({ status: 'STALE', causes: [{ kind: 'CODE', assetKey: 'raw', was: '1', is: '2', reason }] })
  })

  test('that is not known, then or now, says nothing', () => {
    expect(standing([declared('raw', '', '2')], { raw: made('r1', {}, { codeVersion: null }) }, 'raw').status).toBe('FRESH')
    expect(standing([declared('raw', '', null)], { raw: made('r1') }, 'raw').status).toBe('FRESH')
  })

  test('of a long version is cut in the sentence and whole in the cause', () => {
    const [cause] = standing([declared('raw', '', 'x'.repeat(300))], { raw: made('r1') }, 'raw').causes
    expect(cause).toMatchObject({ kind: 'CODE', is: 'x'.repeat(300) })
    expect(cause?.reason).toBe(`"raw" was made with code version "1" and has "${'x'.repeat(40)}…" now.`)
  })
})

describe('data', () => {
  test('of another version makes what was made from it stale, and says both', () => {
    const { status, causes } = standing(chain, { ...chainMade, raw: made('r2', {}, { at: minute(5) }) }, 'clean')
    const reason = '"clean" was made from data version "r1" of "raw", which has "r2" now.'
    expect({ status, causes }).toEqual({
      status: 'STALE',
      causes: [{ kind: 'DATA', assetKey: 'clean', upstreamKey: 'raw', was: 'r1', is: 'r2', reason }],
    })
  })

  test('of the same version again makes nothing stale', () => {
    expect(standing(chain, { ...chainMade, raw: made('r1', {}, { at: minute(5) }) }, 'clean').status).toBe('FRESH')
  })

  test('that went back to the version it had makes nothing stale', () => {
    const back = { ...made('r1', {}, { at: minute(9) }), dataVersionAt: minute(9) }
    expect(standing(chain, { ...chainMade, raw: back }, 'clean').status).toBe('FRESH')
  })

  test('is looked at however it came: an observation counts as much as a materialization', () => {
    const observed = [declared('raw', '', null, 'external'), declared('clean', 'raw')]
    expect(standing(observed, { raw: seen('r1'), clean: made('c1', { raw: 'r1' }) }, 'clean').status).toBe('FRESH')
    expect(standing(observed, { raw: seen('r2'), clean: made('c1', { raw: 'r1' }) }, 'clean').status).toBe('STALE')
  })

  test('that had no version has changed once it gets one', () => {
    const observed = [declared('raw', '', null, 'external'), declared('clean', 'raw')]
    expect(standing(observed, { clean: made('c1', { raw: null }) }, 'clean').status).toBe('FRESH')
    expect(reasons(standing(observed, { raw: seen('r1'), clean: made('c1', { raw: null }) }, 'clean'))).toEqual([
      '"clean" was made when "raw" had no data version; it has "r1" now.',
    ])
  })

  test('that lost its version has changed', () => {
    expect(reasons(standing(chain, { ...chainMade, raw: made(null, null, { at: minute(5) }) }, 'clean'))).toEqual([
      '"clean" was made from data version "r1" of "raw", which has none now.',
    ])
  })

  test('without versions has changed if it is newer than what was made from it', () => {
    const reported = { raw: made(null, null, { at: minute(5) }) }
    expect(standing(chain, { ...reported, clean: made('c1', { raw: null }, { at: minute(6) }) }, 'clean').status).toBe('FRESH')
    expect(reasons(standing(chain, { ...reported, clean: made('c1', { raw: null }, { at: minute(4) }) }, 'clean'))).toEqual([
      '"clean" was begun at 2026-01-01T12:04:00.000Z from "raw" of an unknown data version, which has changed at 2026-01-01T12:05:00.000Z.',
    ])
  })

  test('decides by its time alone for what was reported, of which nobody knows what it was made from', () => {
    const at = (clean: number): AssetStaleness =>
      standing(
        chain,
        { raw: made('r1', {}, { at: minute(5) }), clean: made('c1', null, { codeVersion: null, at: minute(clean) }) },
        'clean',
      )
    expect(at(6)).toEqual({ status: 'FRESH', causes: [] })
    expect(at(5)).toEqual({ status: 'FRESH', causes: [] })
    expect(at(4)).toMatchObject({ status: 'STALE', causes: [{ kind: 'DATA', upstreamKey: 'raw', was: null, is: null }] })
  })
})

describe('dependencies', () => {
  test('that are new or gone make the asset stale', () => {
    const assets = [declared('raw'), declared('rates'), declared('report', 'rates')]
    const known = { raw: made('r1'), rates: made('x1'), report: made('p1', { raw: 'r1' }) }
    const { causes } = standing(assets, known, 'report')
    expect(causes).toMatchObject([
      { kind: 'DEPENDENCIES', upstreamKey: 'rates', change: 'ADDED' },
      { kind: 'DEPENDENCIES', upstreamKey: 'raw', change: 'REMOVED' },
    ])
    expect(causes.map((cause) => cause.reason)).toEqual([
      '"report" was made without "rates", which it needs now.',
      '"report" was made from "raw", which it does not need any more.',
    ])
  })

  test('that are listed twice count once', () => {
    const twice = [declared('raw', '', '2'), declared('clean', 'raw raw')]
    expect(standing(twice, chainMade, 'clean').causes).toHaveLength(1)
  })
})

describe('what is upstream', () => {
  test('and stale makes all below it stale, with the cause it comes from', () => {
    const changed = [declared('raw', '', '2'), ...chain.slice(1)]
    const { status, causes } = standing(changed, chainMade, 'report')
    expect(status).toBe('STALE')
    expect(causes).toEqual([
      {
        kind: 'UPSTREAM',
        assetKey: 'report',
        upstreamKey: 'clean',
        roots: [{ kind: 'CODE', assetKey: 'raw', was: '1', is: '2', reason: '"raw" was made with code version "1" and has "2" now.' }],
        moreRoots: false,
        reason: '"report" needs "clean", which is stale: "raw" was made with code version "1" and has "2" now.',
      },
    ])
  })

  test('and missing, external or fresh makes nothing stale by itself', () => {
    const assets = [declared('lost'), declared('feed', '', '9', 'external'), declared('raw'), declared('report', 'lost feed raw')]
    const known = { feed: seen('f1'), raw: made('r1'), report: made('p1', { lost: null, feed: 'f1', raw: 'r1' }) }
    expect(standing(assets, known, 'report')).toEqual({ status: 'FRESH', causes: [] })
  })

  test('does not act through an asset that is made elsewhere', () => {
    const assets = [declared('raw', '', '2'), declared('view', 'raw', null, 'external'), declared('report', 'view')]
    const known = { raw: made('r1'), view: seen('v1'), report: made('p1', { view: 'v1' }) }
    expect(standing(assets, known, 'report').status).toBe('FRESH')
  })

  test('comes after what is different with the asset itself, and counts the other causes', () => {
    const changed = [declared('raw', '', '2'), declared('clean', 'raw', '2'), declared('report', 'clean', '2')]
    const { causes } = standing(changed, chainMade, 'report')
    expect(causes.map((cause) => cause.kind)).toEqual(['CODE', 'UPSTREAM'])
    expect(causes[1]?.reason).toBe(
      '"report" needs "clean", which is stale: "clean" was made with code version "1" and has "2" now, and 1 other cause.',
    )
    expect(rootsOf(causes)).toEqual(['CODE clean', 'CODE raw'])
  })

  test('and reached on two ways is one root cause', () => {
    const diamond = [
      declared('raw', '', '2'),
      declared('one', 'raw'),
      declared('two', 'raw'),
      declared('sum', 'one two'),
      declared('end', 'sum'),
    ]
    const known = {
      raw: made('r1'),
      one: made('o1', { raw: 'r1' }),
      two: made('t1', { raw: 'r1' }),
      sum: made('s1', { one: 'o1', two: 't1' }),
      end: made('e1', { sum: 's1' }),
    }
    expect(standing(diamond, known, 'sum').causes.map((cause) => cause.kind)).toEqual(['UPSTREAM', 'UPSTREAM'])
    expect(rootsOf(standing(diamond, known, 'end').causes)).toEqual(['CODE raw'])
  })
})

describe('a graph of thousands of assets', () => {
  test('that is a chain of changed code names the nearest causes and that there are more', () => {
    const length = 20_000
    const assets = Array.from({ length }, (_, index) => declared(`a${index}`, index > 0 ? `a${index - 1}` : '', '2'))
    const known = new Map(
      assets.map(({ key, upstreamKeys }) => [key, made('d', Object.fromEntries(upstreamKeys.map((each) => [each, 'd'])))]),
    )
    const { causes } = assetStaleness(assets, known).get(`a${length - 1}`) as AssetStaleness
    expect(causes).toMatchObject([{ kind: 'CODE' }, { kind: 'UPSTREAM', moreRoots: true }])
    expect(rootsOf(causes)).toEqual(Array.from({ length: maximumRootCauses }, (_, index) => `CODE a${length - 2 - index}`))
    expect(causes[1]?.reason).toContain('and 9 or more other causes.')
  })

  test('in wide layers, each needing all before it, has the roots of a layer once', () => {
    const [layers, width] = [4, 100]
    const keysOf = (layer: number): string => Array.from({ length: width }, (_, index) => `a${layer}_${index}`).join(' ')
    const assets = Array.from({ length: layers }, (_, layer) =>
      keysOf(layer)
        .split(' ')
        .map((key) => declared(key, layer > 0 ? keysOf(layer - 1) : '', layer === 0 ? '2' : '1')),
    ).flat()
    const known = new Map(
      assets.map(({ key, upstreamKeys }) => [key, made('d', Object.fromEntries(upstreamKeys.map((each) => [each, 'd'])))]),
    )
    const found = assetStaleness(assets, known)
    const [one, other] = [0, 1].map((index) => (found.get(`a${layers - 1}_${index}`) as AssetStaleness).causes as readonly UpstreamCause[])
    expect(one).toHaveLength(width)
    expect(rootsOf(one ?? [])).toHaveLength(maximumRootCauses)
    expect(one?.every(({ moreRoots }) => moreRoots)).toBe(true)
    // Not only equal: thousands of assets below share the list, or it would take memory once an edge.
    expect(one?.every(({ roots }, index) => roots === other?.[index]?.roots)).toBe(true)
  })
})

describe('on graphs and histories of any kind', () => {
  test('each asset stands as the definition says, with the causes that it says', () => {
    for (const { world, place } of worlds(80, 12)) {
      const found = [...assetStaleness(world.assets, world.known)]
      expect(new Map(found.map(([key, each]) => [key, each.status])), place).toEqual(
        new Map(found.map(([key]) => [key, world.statusOf(key)])),
      )
      for (const [key, { causes }] of found.filter(([, { status }]) => status === 'STALE')) {
        expect(causes.filter(isRootCause).map(causeName).sort(), `${place}, ${key}`).toEqual([...world.ownCauses(key)].sort())
      }
    }
  })

  test('the root causes that are traced are all there are, or as many as are shown', () => {
    for (const { world, place } of worlds(80, 12)) {
      for (const [key, { causes }] of assetStaleness(world.assets, world.known)) {
        const upstream = causes.filter((cause) => cause.kind === 'UPSTREAM')
        const traced = new Set(upstream.flatMap(({ roots }) => roots.map(causeName)))
        const real = causes.length > 0 ? world.upstreamRoots(key) : new Set<string>()
        const isCut = upstream.some(({ moreRoots }) => moreRoots)
        if (isCut) expect(traced.size, `${place}, ${key}`).toBeGreaterThanOrEqual(maximumRootCauses)
        expect(
          [...traced].filter((name) => !real.has(name)),
          `${place}, ${key}`,
        ).toEqual([])
        if (!isCut) expect(traced, `${place}, ${key}`).toEqual(real)
      }
    }
  })

  test('making what is stale or missing leaves stale only what was made before its upstream ever was, and making that leaves all fresh', () => {
    for (const { world, place } of worlds(100)) {
      const missing = new Set(world.keysOf('MISSING'))
      world.materialize([...world.keysOf('STALE'), ...missing])
      const left = [...assetStaleness(world.assets, world.known).values()].flatMap(({ causes }) => rootCausesOf(causes).roots)
      expect(
        left.filter((cause) => cause.kind !== 'DATA' || !missing.has(cause.upstreamKey)),
        place,
      ).toEqual([])
      expect(world.keysOf('MISSING')).toEqual([])
      world.materialize(world.keysOf('STALE'))
      expect(world.keysOf('STALE')).toEqual([])
    }
  })

  test('making what a run has made again, of the same version, makes nothing stale', () => {
    for (const { world, place } of worlds(100)) {
      world.materialize(world.assets.filter(({ origin }) => origin === 'function').map(({ key }) => key))
      const fresh = world.keysOf('FRESH')
      for (const key of fresh) {
        world.materialize([key])
        expect(world.keysOf('FRESH'), `${place}, ${key}`).toEqual(fresh)
      }
    }
  })
})

/** Projects to which a dozen things have happened, each at its end, or after each of the last `shown` things. */
function* worlds(count: number, shown = 1): Generator<{ readonly world: World; readonly place: string }> {
  for (let seed = 0; seed < count; seed += 1) {
    const world = new World(numbersFrom(seed))
    for (let step = 1; step <= 12; step += 1) {
      world.happen()
      if (step > 12 - shown) yield { world, place: `seed ${seed}, step ${step}` }
    }
  }
}

type UpstreamCause = Extract<StaleCause, { kind: 'UPSTREAM' }>

function isRootCause(cause: StaleCause): cause is RootCause {
  return cause.kind !== 'UPSTREAM'
}

function causeName(cause: StaleCause): string {
  return cause.kind === 'CODE' ? `CODE ${cause.assetKey}` : `${cause.kind} ${cause.assetKey} ${cause.upstreamKey}`
}

/** Names of the root causes behind the causes that lie upstream, each once. */
function rootsOf(causes: readonly StaleCause[]): readonly string[] {
  return [...new Set(causes.flatMap((cause) => (cause.kind === 'UPSTREAM' ? cause.roots.map(causeName) : [])))].slice(0, maximumRootCauses)
}

/** A small project to which things happen, and what follows from the definition of stale, by plain recursion. */
class World {
  readonly known = new Map<string, KnownVersions>()
  readonly #random: (below: number) => number
  readonly #size: number
  #assets: readonly VersionedAsset[]
  #time = 0

  constructor(random: (below: number) => number) {
    this.#random = random
    this.#size = 2 + random(9)
    this.#assets = Array.from({ length: this.#size }, (_, index) => ({
      ...declared(`a${index}`, this.#someBefore(index).join(' ')),
      origin: random(4) === 0 ? ('external' as const) : ('function' as const),
    }))
  }

  get assets(): readonly VersionedAsset[] {
    return this.#assets.toReversed()
  }

  keysOf(status: AssetStaleness['status']): readonly string[] {
    return [...assetStaleness(this.assets, this.known)].filter(([, each]) => each.status === status).map(([key]) => key)
  }

  happen(): void {
    const index = this.#random(this.#size)
    const asset = this.#asset(`a${index}`)
    this.#time += 1
    switch (this.#random(7)) {
      case 0:
        return this.#change(index, { codeVersion: [null, '1', '2', '3'][this.#random(4)] ?? null })
      case 1:
        return this.#change(index, { upstreamKeys: this.#someBefore(index) })
      case 2:
        return this.#see(asset.key, this.#someVersion())
      case 3:
        return this.#record(asset.key, { codeVersion: null, inputVersions: null }, this.#someVersion())
      default:
        return this.materialize(this.#assets.filter(({ origin }) => origin === 'function' && this.#random(2) === 0).map(({ key }) => key))
    }
  }

  /** As a run does it: one after another, each from what there is then. Half of the versions are given by name. */
  materialize(keys: readonly string[]): void {
    const chosen = new Set(keys)
    for (const { key, codeVersion, upstreamKeys } of this.#assets.filter((asset) => chosen.has(asset.key))) {
      this.#time += 1
      const inputVersions = Object.fromEntries(upstreamKeys.map((each) => [each, this.known.get(each)?.dataVersion ?? null]))
      const derived = `${codeVersion}(${Object.values(inputVersions).join()})`
      this.#record(key, { codeVersion, inputVersions }, key.endsWith('1') ? 'given' : derived)
    }
  }

  statusOf(key: string): AssetStaleness['status'] {
    if (this.#asset(key).origin !== 'function') return 'NOT_APPLICABLE'
    if ((this.known.get(key)?.materialized ?? null) === null) return 'MISSING'
    return this.ownCauses(key).length > 0 || this.#staleUpstream(key).length > 0 ? 'STALE' : 'FRESH'
  }

  ownCauses(key: string): readonly string[] {
    const { codeVersion, upstreamKeys } = this.#asset(key)
    const { codeVersion: madeBy, inputVersions } = this.#made(key)
    const from = Object.keys(inputVersions ?? {})
    return [
      ...(codeVersion !== null && madeBy !== null && codeVersion !== madeBy ? [`CODE ${key}`] : []),
      ...upstreamKeys.flatMap((each) => this.#upstreamCause(key, each)),
      ...from.filter((each) => !upstreamKeys.includes(each)).map((each) => `DEPENDENCIES ${key} ${each}`),
    ]
  }

  #upstreamCause(key: string, upstreamKey: string): readonly string[] {
    const { inputVersions, begunAt } = this.#made(key)
    const isNewer = (this.known.get(upstreamKey)?.dataVersionAt ?? new Date(0)) > begunAt
    const isData = isNewer ? [`DATA ${key} ${upstreamKey}`] : []
    if (inputVersions === null) return isData
    const was = new Map(Object.entries(inputVersions)).get(upstreamKey)
    if (was === undefined) return [`DEPENDENCIES ${key} ${upstreamKey}`]
    const is = this.known.get(upstreamKey)?.dataVersion ?? null
    if (was === null && is === null) return isData
    return was === is ? [] : [`DATA ${key} ${upstreamKey}`]
  }

  #made(key: string): MadeFrom {
    return this.known.get(key)?.materialized as MadeFrom
  }

  upstreamRoots(key: string): ReadonlySet<string> {
    return new Set(this.#staleUpstream(key).flatMap((each) => [...this.ownCauses(each), ...this.upstreamRoots(each)]))
  }

  #staleUpstream(key: string): readonly string[] {
    return this.#asset(key).upstreamKeys.filter((each) => this.statusOf(each) === 'STALE')
  }

  #record(
    key: string,
    from: { readonly codeVersion: string | null; readonly inputVersions: Record<string, string | null> | null },
    version: string | null,
  ) {
    const begunAt = minute(this.#time)
    const { dataVersionAt } = this.#seen(key, version)
    this.known.set(key, { materialized: { ...from, begunAt }, dataVersion: version, dataVersionAt })
  }

  /** An observation; one without a version changes nothing. */
  #see(key: string, version: string | null): void {
    if (version !== null) this.known.set(key, { materialized: this.known.get(key)?.materialized ?? null, ...this.#seen(key, version) })
  }

  #seen(key: string, version: string | null): Pick<KnownVersions, 'dataVersion' | 'dataVersionAt'> {
    const before = this.known.get(key)
    const isSame = version !== null && before?.dataVersion === version
    return { dataVersion: version, dataVersionAt: isSame ? before.dataVersionAt : minute(this.#time) }
  }

  #change(index: number, change: Partial<VersionedAsset>): void {
    this.#assets = this.#assets.map((asset, position) => (position === index ? { ...asset, ...change } : asset))
  }

  #someBefore(index: number): string[] {
    return Array.from({ length: index }, (_, each) => `a${each}`).filter(() => this.#random(3) === 0)
  }

  #someVersion(): string | null {
    return [null, 'x', 'y'][this.#random(3)] ?? null
  }

  #asset(key: string): VersionedAsset {
    return this.#assets.find((asset) => asset.key === key) as VersionedAsset
  }
}

/** The same numbers each time (mulberry32), so that what fails once fails again. */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}
