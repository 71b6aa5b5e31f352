import type { ApiParts } from './api-parts.ts'
import type { TemporalReference } from './contract/run.ts'

/** Where a workflow is found in Temporal. */
export function temporalReference({ namespace, temporalUiUrl }: ApiParts, workflowId: string): TemporalReference {
  const path = `/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(workflowId)}`
  return { workflowId, namespace, url: temporalUiUrl === null ? null : temporalUiUrl.replace(/\/+$/, '') + path }
}
