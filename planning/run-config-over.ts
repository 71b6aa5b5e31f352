import type { RunConfig } from '../definitions/config.ts'

/** The config of a request over that of its job, name by name. */
export function runConfigOver(ofJob: RunConfig, given: RunConfig): RunConfig {
  const sections = new Set([...Object.keys(ofJob), ...Object.keys(given)]) as ReadonlySet<keyof RunConfig>
  return Object.fromEntries([...sections].map((section) => [section, sectionOver(ofJob[section], given, section)]))
}

/** A section that is no object of names is left as it was given, for the check of the config to refuse it. */
function sectionOver(ofJob: RunConfig[keyof RunConfig], given: RunConfig, section: keyof RunConfig): RunConfig[keyof RunConfig] {
  const ofRequest: unknown = given[section]
  const isSection = ofRequest === undefined || (typeof ofRequest === 'object' && ofRequest !== null && !Array.isArray(ofRequest))
  return isSection ? { ...ofJob, ...given[section] } : given[section]
}
