import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js'
import { AssetryError, type Finding, findingsError } from '../definitions/errors.ts'
import type { SensorSnapshot } from '../planning/sensor-snapshot.ts'

/** Checks made of schemas, by the snapshot they stand in: what has been read once stays the same. Undefined where none can be made. */
const checks = new WeakMap<object, Promise<ValidateFunction | undefined>>()

/**
 * Refuses events that don't fit what the sensor's schema says of them; a list is refused as a whole. What only the schema's own code
 * can tell is found when the event is taken.
 *
 * @throws `EVENT_INVALID` with every path
 */
export async function checkEvents({ name, events }: SensorSnapshot, given: readonly unknown[], isList: boolean): Promise<void> {
  if (events === null) {
    throw new AssetryError(
      'EVENT_INVALID',
      `Sensor "${name}" takes no events: its definition has no schema for them. Give it one: sensor({ events: … }).`,
      {
        facts: { name },
      },
    )
  }
  const schema = events.jsonSchema
  if (typeof schema !== 'object' || schema === null) return
  const check = await checkOf(schema)
  if (check === undefined) return
  const findings = given.flatMap((event, index) =>
    check(event) ? [] : (check.errors ?? []).map((error) => finding(error, isList ? `[${index}]` : '')),
  )
  if (findings.length > 0)
    throw findingsError('EVENT_INVALID', `What came does not fit the schema of sensor "${name}"; nothing of it was kept`, findings)
}

function checkOf(schema: object): Promise<ValidateFunction | undefined> {
  const check = checks.get(schema) ?? compiled(schema)
  checks.set(schema, check)
  return check
}

async function compiled(schema: object): Promise<ValidateFunction | undefined> {
  // Loaded with the first event: a server starts some 65 ms sooner without it.
  const { Ajv2020 } = await import('ajv/dist/2020.js')
  try {
    // A compiler of its own, as each keeps every schema that it has seen.
    return new Ajv2020({ allErrors: true, strict: false, validateFormats: false, logger: false }).compile(schema)
  } catch {
    return undefined
  }
}

function finding({ instancePath, message = 'is not right', params, keyword }: ErrorObject, place: string): Finding {
  const path = `event${place}${instancePath.replaceAll('/', '.')}`
  const field = keyword === 'additionalProperties' ? ` ("${String((params as { additionalProperty?: string }).additionalProperty)}")` : ''
  return { code: 'EVENT_INVALID', path, message: `${path}: ${message}${field}` }
}
