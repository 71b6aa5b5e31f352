import { Command } from 'commander'
import {
  backfillStatusArgument,
  concurrencyArgument,
  countArgument,
  durationArgument,
  keysArgument,
  portArgument,
  partitionsPerStepArgument,
  priorityArgument,
  statusArgument,
  tagArgument,
} from './arguments.ts'
import type { ApiOptions } from './commands/api.ts'
import type { AssetListOptions } from './commands/asset-list.ts'
import type { AssetMaterializeOptions } from './commands/asset-materialize.ts'
import type { BackfillAction } from './commands/backfill-change.ts'
import type { BackfillListOptions } from './commands/backfill-list.ts'
import type { DefinitionsValidateOptions } from './commands/definitions-validate.ts'
import type { DevOptions } from './commands/dev.ts'
import type { JobBackfillOptions } from './commands/job-backfill.ts'
import type { JobExecuteOptions } from './commands/job-execute.ts'
import type { JobListOptions } from './commands/job-list.ts'
import type { PartitionListOptions } from './commands/partition-list.ts'
import type { RunListOptions } from './commands/run-list.ts'
import type { RunLogsOptions } from './commands/run-logs.ts'
import type { ServerOptions } from './commands/run-show.ts'
import type { ScheduleAction } from './commands/schedule-change.ts'
import type { SchedulePreviewOptions } from './commands/schedule-preview.ts'
import type { SensorAction } from './commands/sensor-change.ts'
import type { SensorCursorOptions } from './commands/sensor-cursor.ts'
import type { SensorPreviewOptions } from './commands/sensor-preview.ts'
import type { TickListOptions } from './commands/tick-list.ts'
import type { WorkerOptions } from './commands/worker.ts'
import { type ExitCode, exitCodeHelp } from './exit-code.ts'
import { packageVersion } from './package-root.ts'
import { colorsFor } from './terminal.ts'

/** Gets the exit code of the command that ran. */
type Ended = (code: ExitCode) => void

/**
 * The commands with their options and help. Each command's own file is imported only when it runs, so that `--help`
 * doesn't pay for Temporal or the schemas of the API.
 */
export function createProgram(ended: Ended): Command {
  const program = new Command('assetry')
  program
    .description('Durable data assets in TypeScript, on Temporal.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand(false)
    .configureHelp({ styleTitle: colorsFor(process.stdout).bold })
    .configureOutput({ outputError: () => {} })
    .exitOverride()
    .addHelpText('after', `\n${exitCodeText()}\n\n${settingsText}`)
  addProjectCommands(program, ended)
  addAssetCommands(program, ended)
  addPartitionCommands(program, ended)
  addJobCommands(program, ended)
  addRunCommands(program, ended)
  addBackfillCommands(program, ended)
  addScheduleCommands(program, ended)
  addSensorCommands(program, ended)
  addProductionCommands(program, ended)
  return program
}

function addProjectCommands(program: Command, ended: Ended): void {
  program.commandsGroup('Develop:')
  program
    .command('init')
    .argument('<dir>', 'folder to make; it must be empty or not there')
    .description('write a small project to begin with')
    .action(async (folder: string) => ended(await (await import('./commands/init.ts')).init(folder)))
    .addHelpText('after', examples('assetry init my-project'))
  withDefinitions(program.command('dev'))
    .description('serve the project here: Temporal, store, worker (reloads on save) and API')
    .option('-p, --port <port>', 'port of the API', portArgument, 3000)
    .action(async (options: DevOptions) => ended(await (await import('./commands/dev.ts')).dev(options)))
    .addHelpText('after', examples('assetry dev', 'assetry dev -p 4000 -f examples/weather/definitions.ts'))
  const definitions = program.command('definitions').description('check the definitions').helpCommand(false)
  withDefinitions(definitions.command('validate'))
    .description('load the definitions and report everything that is wrong with them')
    .option('--json', 'print one JSON document')
    .action(async (options: DefinitionsValidateOptions) =>
      ended(await (await import('./commands/definitions-validate.ts')).definitionsValidate(options)),
    )
    .addHelpText('after', examples('assetry definitions validate', 'assetry definitions validate --json'))
}

function addAssetCommands(program: Command, ended: Ended): void {
  program.commandsGroup('Work with assets:')
  const asset = program.command('asset').description('list and materialize assets').helpCommand(false)
  withDefinitions(asset.command('list'))
    .description('list the assets, with their latest status where a server runs')
    .option('-s, --select <selection>', 'only these')
    .option('--json', 'print one JSON document')
    .action(async (options: AssetListOptions) => ended(await (await import('./commands/asset-list.ts')).assetList(options)))
    .addHelpText('after', examples('assetry asset list', "assetry asset list --select 'group:reports' --json"))
  const materialize = asset
    .command('materialize')
    .description('materialize assets durably: on the running server, else on one booted for as long as it takes')
    .requiredOption('-s, --select <selection>', 'which assets, in the selection language')
    .option('--partition <key>', 'partition to materialize, of assets that have partitions')
    .option('--partition-range <from...to>', 'partitions to materialize, both ends included: starts a backfill')
    .option(
      '--in-process',
      'in this process, without Temporal: replaces the stored values, while the history keeps showing the last recorded run',
    )
  withRunOptions(materialize)
    .action(async (options: AssetMaterializeOptions) =>
      ended(await (await import('./commands/asset-materialize.ts')).assetMaterialize(options)),
    )
    .addHelpText(
      'after',
      examples(
        "assetry asset materialize --select '*'",
        "assetry asset materialize --select '+daily_report' --timeout 10m",
        'assetry asset materialize --select daily_orders --partition 2026-01-31',
        'assetry asset materialize --select daily_orders --partition-range 2026-01-01...2026-01-31',
        `assetry asset materialize -s orders --config '{"assets":{"orders":{"limit":5}}}'`,
      ),
    )
}

function addPartitionCommands(program: Command, ended: Ended): void {
  const partition = program.command('partition').description('list, add and remove dynamic partitions').helpCommand(false)
  withServer(partition.command('list').argument('[name]', 'of which dynamic partitions; without it their names are listed'))
    .description('list the keys of dynamic partitions, newest first')
    .option('-n, --limit <count>', 'how many at most', countArgument, 100)
    .action(async (name: string | undefined, options: PartitionListOptions) =>
      ended(await (await import('./commands/partition-list.ts')).partitionList(name, options)),
    )
    .addHelpText('after', examples('assetry partition list', 'assetry partition list customers --json'))
  withServer(partition.command('add').argument('<name>', 'which dynamic partitions').argument('<key...>', 'keys to add, in this order'))
    .description('add partitions; those that are there already stay as they are')
    .action(async (name: string, keys: readonly string[], options: ServerOptions) =>
      ended(await (await import('./commands/partition-add.ts')).partitionAdd(name, keys, options)),
    )
    .addHelpText('after', examples('assetry partition add customers acme initech'))
  withServer(partition.command('remove').argument('<name>', 'which dynamic partitions').argument('<key...>', 'keys to remove'))
    .description('remove partitions; what happened to them is kept')
    .action(async (name: string, keys: readonly string[], options: ServerOptions) =>
      ended(await (await import('./commands/partition-remove.ts')).partitionRemove(name, keys, options)),
    )
    .addHelpText('after', examples('assetry partition remove customers acme'))
}

function addJobCommands(program: Command, ended: Ended): void {
  const job = program.command('job').description('list, execute and backfill jobs').helpCommand(false)
  withDefinitions(job.command('list'))
    .description('list the jobs')
    .option('--json', 'print one JSON document')
    .action(async (options: JobListOptions) => ended(await (await import('./commands/job-list.ts')).jobList(options)))
    .addHelpText('after', examples('assetry job list'))
  const execute = job
    .command('execute')
    .description('execute a job durably: on the running server, else on one booted for as long as it takes')
    .requiredOption('-j, --job <name>', 'which job')
    .option('--partition <key>', 'partition to materialize, where the assets of the job have partitions')
  withRunOptions(execute)
    .action(async (options: JobExecuteOptions) => ended(await (await import('./commands/job-execute.ts')).jobExecute(options)))
    .addHelpText(
      'after',
      examples('assetry job execute -j daily_reports', 'assetry job execute -j daily_reports --tag team=weather --detach'),
    )
  const backfill = job
    .command('backfill')
    .description("make many partitions of a job's assets durably: on the running server, else on one booted for as long as it takes")
    .requiredOption('-j, --job <name>', 'which job')
    .option('--from <key>', 'first partition')
    .option('--to <key>', 'last partition')
    .option('--partition <key>', 'one partition; may be repeated', keysArgument)
    .option('--all', 'all partitions that there are')
    .option('--concurrency <steps>', 'steps at work at a time, default 100', concurrencyArgument)
    .option('--partitions-per-step <number>', 'most partitions a step carries, default about a second of work', partitionsPerStepArgument)
    .option('--priority <number>', "Temporal's: 1 for the most urgent to 5, default 3", priorityArgument)
    .option('--continue-on-failure', 'make a partition although one that it needs has failed')
  withRunOptions(backfill)
    .action(async (options: JobBackfillOptions) => ended(await (await import('./commands/job-backfill.ts')).jobBackfill(options)))
    .addHelpText(
      'after',
      examples(
        'assetry job backfill -j daily_reports --from 2026-01-01 --to 2026-01-31',
        'assetry job backfill -j daily_reports --all --concurrency 20 --detach',
      ),
    )
}

function addRunCommands(program: Command, ended: Ended): void {
  const run = program.command('run').description('look at runs, and cancel them').helpCommand(false)
  withServer(run.command('list'))
    .description('list runs, newest first')
    .option('-n, --limit <count>', 'how many at most', countArgument, 20)
    .option('--status <status>', 'only with this status; may be repeated', statusArgument)
    .option('--job <name>', 'only of this job')
    .option('--asset <key>', 'only runs that make this asset')
    .option('--backfill <id>', 'only runs of this backfill')
    .action(async (options: RunListOptions) => ended(await (await import('./commands/run-list.ts')).runList(options)))
    .addHelpText('after', examples('assetry run list', 'assetry run list --status failure --job daily_reports'))
  withServer(run.command('show').argument('<id>', 'id of the run, or the beginning of it'))
    .description('show a run with its steps')
    .action(async (id: string, options: ServerOptions) => ended(await (await import('./commands/run-show.ts')).runShow(id, options)))
    .addHelpText('after', examples('assetry run show 0199c1c4'))
  withServer(run.command('logs').argument('<id>', 'id of the run, or the beginning of it'))
    .description("print a run's events and the lines its assets logged; with --json one JSON document a line")
    .option('--follow', 'go on until the run has ended')
    .action(async (id: string, options: RunLogsOptions) => ended(await (await import('./commands/run-logs.ts')).runLogs(id, options)))
    .addHelpText('after', examples('assetry run logs 0199c1c4 --follow'))
  withServer(run.command('cancel').argument('<id>', 'id of the run, or the beginning of it'))
    .description('cancel a run')
    .action(async (id: string, options: ServerOptions) => ended(await (await import('./commands/run-cancel.ts')).runCancel(id, options)))
    .addHelpText('after', examples('assetry run cancel 0199c1c4'))
}

function addBackfillCommands(program: Command, ended: Ended): void {
  const backfill = program.command('backfill').description('look at backfills, and steer them').helpCommand(false)
  withServer(backfill.command('list'))
    .description('list backfills, newest first')
    .option('-n, --limit <count>', 'how many at most', countArgument, 20)
    .option('--status <status>', 'only with this status; may be repeated', backfillStatusArgument)
    .action(async (options: BackfillListOptions) => ended(await (await import('./commands/backfill-list.ts')).backfillList(options)))
    .addHelpText('after', examples('assetry backfill list', 'assetry backfill list --status started,paused'))
  withServer(backfill.command('show').argument('<id>', backfillIdText))
    .description('show how far a backfill is, and what it did not make')
    .action(async (id: string, options: ServerOptions) =>
      ended(await (await import('./commands/backfill-show.ts')).backfillShow(id, options)),
    )
    .addHelpText('after', examples('assetry backfill show 5b1f7a52'))
  for (const [action, description] of backfillActions) {
    withServer(backfill.command(action).argument('<id>', backfillIdText))
      .description(description)
      .action(async (id: string, options: ServerOptions) =>
        ended(await (await import('./commands/backfill-change.ts')).backfillChange(action, id, options)),
      )
      .addHelpText('after', examples(`assetry backfill ${action} 5b1f7a52`))
  }
}

const backfillIdText = 'id of the backfill, or the beginning of it'

const backfillActions: readonly (readonly [BackfillAction, string])[] = [
  ['pause', 'start no further step until it is resumed'],
  ['resume', 'let a paused backfill go on'],
  ['cancel', 'cancel a backfill with its runs'],
  ['retry', 'make what failed, and what was left out because of it, once more'],
]

function addScheduleCommands(program: Command, ended: Ended): void {
  const schedule = program.command('schedule').description('look at schedules, and steer them').helpCommand(false)
  withServer(schedule.command('list'))
    .description('list schedules, when they tick, and how they last came out')
    .action(async (options: ServerOptions) => ended(await (await import('./commands/schedule-list.ts')).scheduleList(options)))
    .addHelpText('after', examples('assetry schedule list'))
  for (const [action, description] of scheduleActions) {
    withServer(schedule.command(action).argument('<name>', 'name of the schedule'))
      .description(description)
      .action(async (name: string, options: ServerOptions) =>
        ended(await (await import('./commands/schedule-change.ts')).scheduleChange(action, name, options)),
      )
      .addHelpText('after', examples(`assetry schedule ${action} every_morning`))
  }
  withServer(schedule.command('preview').argument('<name>', 'name of the schedule'))
    .description('show what a tick would come to; nothing of it is kept')
    .option('--at <time>', 'time that the tick is for, such as 2026-01-31T06:00:00Z; default its next tick')
    .action(async (name: string, options: SchedulePreviewOptions) =>
      ended(await (await import('./commands/schedule-preview.ts')).schedulePreview(name, options)),
    )
    .addHelpText('after', examples('assetry schedule preview every_morning --at 2026-01-31T06:00:00Z'))
  withServer(schedule.command('ticks').argument('<name>', 'name of the schedule'))
    .description('list what a schedule did, newest first')
    .option('-n, --limit <count>', 'how many at most', countArgument, 20)
    .action(async (name: string, options: TickListOptions) =>
      ended(await (await import('./commands/tick-list.ts')).tickList('schedule', name, options)),
    )
    .addHelpText('after', examples('assetry schedule ticks every_morning'))
}

const scheduleActions: readonly (readonly [ScheduleAction, string])[] = [
  ['start', 'start a schedule: it ticks until it is stopped, whatever is deployed'],
  ['stop', 'stop a schedule; runs that it has started go on'],
  ['reset', 'give a schedule back to its definition, which says whether it is at work'],
]

function addSensorCommands(program: Command, ended: Ended): void {
  const sensor = program.command('sensor').description('look at sensors, and steer them').helpCommand(false)
  withServer(sensor.command('list'))
    .description('list sensors, whether they are at work, and how they last came out')
    .action(async (options: ServerOptions) => ended(await (await import('./commands/sensor-list.ts')).sensorList(options)))
    .addHelpText('after', examples('assetry sensor list'))
  for (const [action, description] of sensorActions) {
    withServer(sensor.command(action).argument('<name>', 'name of the sensor'))
      .description(description)
      .action(async (name: string, options: ServerOptions) =>
        ended(await (await import('./commands/sensor-change.ts')).sensorChange(action, name, options)),
      )
      .addHelpText('after', examples(`assetry sensor ${action} new_files`))
  }
  withServer(sensor.command('preview').argument('<name>', 'name of the sensor'))
    .description('show what a tick would come to; nothing of it is kept')
    .option('--cursor <text>', 'cursor to begin with, default the one it has')
    .option('--event <json>', 'event to give it; may be repeated', keysArgument)
    .action(async (name: string, options: SensorPreviewOptions) =>
      ended(await (await import('./commands/sensor-preview.ts')).sensorPreview(name, options)),
    )
    .addHelpText('after', examples('assetry sensor preview new_files', `assetry sensor preview orders --event '{"id": "order-1"}'`))
  withServer(sensor.command('cursor').argument('<name>', 'name of the sensor'))
    .description('print the cursor of a sensor, or put another one in place')
    .option('--set <text>', 'the new cursor')
    .option('--clear', 'forget the cursor')
    .action(async (name: string, options: SensorCursorOptions) =>
      ended(await (await import('./commands/sensor-cursor.ts')).sensorCursor(name, options)),
    )
    .addHelpText('after', examples('assetry sensor cursor new_files', 'assetry sensor cursor new_files --set 42'))
  withServer(sensor.command('ticks').argument('<name>', 'name of the sensor'))
    .description('list what a sensor did, newest first')
    .option('-n, --limit <count>', 'how many at most', countArgument, 20)
    .action(async (name: string, options: TickListOptions) =>
      ended(await (await import('./commands/tick-list.ts')).tickList('sensor', name, options)),
    )
    .addHelpText('after', examples('assetry sensor ticks new_files'))
}

const sensorActions: readonly (readonly [SensorAction, string])[] = [
  ['start', 'start a sensor: it is at work until it is stopped, whatever is deployed'],
  ['stop', 'stop a sensor; events that come are kept'],
  ['reset', 'give a sensor back to its definition, which says whether it is at work'],
]

function addProductionCommands(program: Command, ended: Ended): void {
  program.commandsGroup('Production processes:')
  withDefinitions(program.command('worker'))
    .description("run a worker on the project's definitions (needs DATABASE_URL and TEMPORAL_ADDRESS)")
    .option('--code-location <name>', 'name of the code location it serves', 'default')
    .action(async (options: WorkerOptions) => ended(await (await import('./commands/worker.ts')).worker(options)))
    .addHelpText('after', `\n${productionText}`)
  program
    .command('api')
    .description('serve the API (needs DATABASE_URL and TEMPORAL_ADDRESS)')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('-p, --port <port>', 'port to listen on', portArgument, 3000)
    .option('--insecure', 'listen beyond this machine without a token')
    .action(async (options: ApiOptions) => ended(await (await import('./commands/api.ts')).api(options)))
    .addHelpText('after', `\n${productionText}\n${apiText}`)
  program
    .command('migrate')
    .description('bring the database to this version (needs DATABASE_URL)')
    .action(async () => ended(await (await import('./commands/migrate.ts')).migrate()))
}

function withDefinitions(command: Command): Command {
  return command.option('-f, --file <file>', 'the definitions file')
}

function withServer(command: Command): Command {
  return withDefinitions(command).option('--json', 'print one JSON document')
}

function withRunOptions(command: Command): Command {
  return withDefinitions(command)
    .option('--config <json|file>', 'run config: JSON, or a file that holds it')
    .option('--tag <key=value>', 'tag of the run; may be repeated', tagArgument)
    .option('--timeout <duration>', 'wait no longer than this; the run goes on', durationArgument)
    .option('--detach', "don't wait; needs a running server")
    .option('--json', 'print one JSON document at the end')
}

function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`
}

function exitCodeText(): string {
  const lines = exitCodeHelp.map(([code, text]) => `  ${String(code).padEnd(4)} ${text}`)
  return `Exit codes:\n${lines.join('\n')}`
}

const productionText = `Ends with 0 at SIGTERM, when what is under way is done or handed
on. Logs JSON to stdout.

Settings (environment, or .env beside package.json):
  DATABASE_URL        postgres://…
  TEMPORAL_ADDRESS    also TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPORAL_TLS…
  LOG_LEVEL           debug, info, warn or error, default info`

const apiText = `  ASSETRY_TOKEN       what requests must bring as Authorization: Bearer …;
                      needed to listen beyond this machine
  TEMPORAL_UI_URL     address of Temporal's Web UI, for links to it
  ASSETRY_ALLOWED_HOSTS
                      host names it may be asked under besides this machine's,
                      with commas between them; * for any`

const settingsText = `Settings (environment, or .env beside package.json):
  ASSETRY_URL         the server to use, such as http://127.0.0.1:3000
  ASSETRY_TOKEN       the token that this server asks for
  ASSETRY_HOME        folder of the embedded stack, default .assetry
  TEMPORAL_ADDRESS    also TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPORAL_TLS…
  DATABASE_URL        postgres://…
  NO_COLOR            no colours`
