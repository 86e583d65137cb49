// Recordings that older versions made, and the events those versions gave: a replay gives the same.
import { cpSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { createReplay } from '../../../app/replay/replay.ts'
import { temporaryFolder } from '../../recording/support.ts'

/** Fields that are newer than the recording. */
const newer: ReadonlySet<string> = new Set(['previousClose', 'line'])

function lineOf(event: object): string {
  return JSON.stringify(event, (name, value: unknown) => (newer.has(name) ? undefined : value))
}

it.each(['v1'])('%s replays to the same events', async version => {
  // Arrange
  const fixture = new URL(`../../fixtures/recordings/${version}/`, import.meta.url)
  const folder = temporaryFolder()
  cpSync(new URL('recording/', fixture), folder, { recursive: true })
  const expected = gunzipSync(readFileSync(new URL('events.ndjson.gz', fixture))).toString()

  // Act
  const lines: string[] = []
  const replay = createReplay({ folder, speed: Number.POSITIVE_INFINITY })
  replay.events$.subscribe(event => lines.push(lineOf(event)))
  await replay.play()

  // Assert
  expect(lines).toEqual(expected.trimEnd().split('\n'))
})
