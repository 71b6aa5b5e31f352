import type { AssetHealth, AssetOrigin, AssetStatus, CheckEvaluation, Staleness } from '../../client/index.ts'
import { resolveSelection } from '../../planning/selection.ts'
import { snapshotOf } from '../../planning/snapshot-of.ts'
import { ageText } from '../duration-text.ts'
import { type ExitCode, exitCodes } from '../exit-code.ts'
import { writeJson } from '../json-output.ts'
import { loadDefinitions } from '../load-definitions.ts'
import { rowsText } from '../metadata-text.ts'
import { defaultCodeLocation, openProject } from '../project.ts'
import { type ChecksSummary, checksSummary } from '../run-view/check-text.ts'
import { statusColor } from '../run-view/status-color.ts'
import { type Server, serverOfEnvironment, serverOfProject } from '../server.ts'
import { table, type TableColumn } from '../table.ts'
import { type Colors, colorsFor, columnsOf } from '../terminal.ts'
import { oneLine } from '../text.ts'

/** Options of `assetry asset list`. */
export interface AssetListOptions {
  readonly file?: string
  readonly select?: string
  readonly json?: boolean
}

/** What the list shows of an asset. `health` and `latest` are null where no server says it. */
interface ListedAsset {
  readonly key: string
  readonly group: string
  readonly kinds: readonly string[]
  readonly description: string | null
  readonly origin: AssetOrigin
  readonly checks: readonly { readonly latest: CheckEvaluation | null }[]
  readonly staleness: Staleness | null
  readonly health: AssetHealth | null
  readonly latest: AssetStatus | null
}

/** Lists the assets: with their latest status from a running server, else as the definitions file says. */
export async function assetList(options: AssetListOptions): Promise<ExitCode> {
  const items = await listed(options)
  if (options.json === true) writeJson({ items, nextCursor: null })
  else process.stdout.write(assetTable(items))
  return exitCodes.done
}

async function listed(options: AssetListOptions): Promise<readonly ListedAsset[]> {
  const named = serverOfEnvironment()
  if (named !== undefined) return ofServer(named, options)
  const project = openProject(options)
  const running = await serverOfProject(project, options)
  return running === undefined ? ofDefinitions(project.definitionsFile, options) : ofServer(running, options)
}

async function ofServer({ client }: Server, { select }: AssetListOptions): Promise<readonly ListedAsset[]> {
  const assets: ListedAsset[] = []
  for await (const asset of client.assets.iterate(select === undefined ? {} : { select })) assets.push(asset)
  return assets
}

async function ofDefinitions(file: string, { select }: AssetListOptions): Promise<readonly ListedAsset[]> {
  const { assets } = await snapshotOf(await loadDefinitions(file))
  const chosen = select === undefined ? undefined : new Set(resolveSelection(assets, select))
  return assets
    .filter(({ key }) => chosen?.has(key) ?? true)
    .map(({ graph: _, checks, ...asset }) => ({
      ...asset,
      codeLocation: defaultCodeLocation,
      checks: checks.map((check) => ({ ...check, latest: null })),
      staleness: null,
      freshness: null,
      health: null,
      latest: null,
    }))
    .sort((one, other) => (one.key < other.key ? -1 : 1))
}

function assetTable(assets: readonly ListedAsset[]): string {
  const colors = colorsFor(process.stdout)
  return table(assets, columns(colors), { columns: columnsOf(process.stdout), title: colors.dim })
}

function columns(colors: Colors): readonly TableColumn<ListedAsset>[] {
  const now = new Date()
  return [
    { title: 'ASSET', text: (asset) => asset.key, shrinks: true },
    { title: 'GROUP', text: (asset) => asset.group, color: colors.dim, shrinks: true },
    {
      title: 'STATUS',
      text: statusOf,
      shrinks: true,
      color: (text, asset) => statusColor(statusOf(asset).split(' ')[0] ?? '', colors)(text),
    },
    {
      title: 'WHEN',
      text: ({ latest }) => (typeof latest?.updatedAt === 'string' ? ageText(new Date(latest.updatedAt), now) : ''),
      align: 'right',
    },
    { title: 'ROWS', text: ({ latest }) => rowsText(latest?.lastMaterialization?.metadata ?? {}), align: 'right' },
    { title: 'CHECKS', text: (asset) => checksOf(asset).text, color: (text, asset) => statusColor(checksOf(asset).worst, colors)(text) },
    { title: 'HEALTH', text: healthOf, color: (text, asset) => statusColor(healthOf(asset), colors)(text) },
    { title: 'ORIGIN', text: ({ origin }) => (origin === 'function' ? '' : origin), color: colors.dim, leaves: true },
    { title: 'KINDS', text: (asset) => asset.kinds.join(', '), color: colors.dim, shrinks: true, leaves: true },
    { title: 'DESCRIPTION', text: (asset) => oneLine(asset.description ?? ''), color: colors.dim, shrinks: true, leaves: true },
  ]
}

function statusOf({ latest, staleness }: ListedAsset): string {
  if (latest === null) return ''
  if (latest.inProgressRunId !== null) return 'RUNNING'
  if (staleness?.status === 'STALE' && latest.status === 'MATERIALIZED') return `STALE (${causeText(staleness)})`
  return latest.status === 'NEVER_MATERIALIZED' ? 'never' : latest.status
}

/** Where it is not as it should be. That it never ran stands in its status. */
function healthOf({ health }: ListedAsset): string {
  return health?.status === 'WARNING' || health?.status === 'DEGRADED' ? health.status : ''
}

/** The first cause in two or three words; `run show` and the API have all of them in sentences. */
function causeText({ causes: [first] }: Staleness): string {
  if (first === undefined) return 'unknown'
  const root = first.roots?.[0] ?? first
  if (root.kind === 'CODE') return first === root ? 'code' : `code of ${root.assetKey}`
  return root.kind === 'DATA' ? `data of ${root.upstreamKey}` : `deps of ${root.assetKey}`
}

/** Without a server it isn't known whether they ever ran; then their number is what there is to say. */
function checksOf({ checks, latest: status }: ListedAsset): ChecksSummary {
  if (status === null) return { text: checks.length === 0 ? '' : String(checks.length), worst: 'NONE' }
  return checksSummary(checks.map(({ latest }) => latest))
}
