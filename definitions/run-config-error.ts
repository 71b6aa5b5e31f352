import { type AssetryError, errorOfFindings, type Finding } from './errors.ts'

/** The one error for the findings about a run's config. */
export function runConfigError(findings: readonly Finding[]): AssetryError | undefined {
  const onlyEnvironment = findings.every((each) => each.code === 'ENV_MISSING')
  return errorOfFindings(
    onlyEnvironment ? 'ENV_MISSING' : 'CONFIG_INVALID',
    onlyEnvironment ? 'The run needs environment variables that are not set' : 'The config of the run is not valid',
    findings,
  )
}
