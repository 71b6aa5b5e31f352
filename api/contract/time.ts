import { z } from 'zod'

/** A moment: RFC 3339, in UTC, with milliseconds. */
export const Time = z.iso.datetime().meta({ description: 'RFC 3339, UTC.', examples: ['2026-01-31T06:00:00.250Z'] })
