// What a command needs to work: a simulator, and the environment that names it.
import { onTestFinished } from 'vitest'
import { startSimulator } from '../../../simulator/server.ts'
import { generatedTape } from '../../../simulator/tape/generated-tape.ts'
import { planted } from './feed.ts'

/** Each command is a process of its own, and a machine may be busy with others. */
export const patient = { timeout: 180_000 }

export async function againstSimulator(more: Record<string, string> = {}, rate = 200) {
  const simulator = await startSimulator({ tape: generatedTape({ rate }) })
  onTestFinished(() => simulator.stop())
  const environment = {
    KIS_APP_KEY: planted.appKey,
    KIS_APP_SECRET: planted.appSecret,
    KIS_REST_URL: simulator.restUrl,
    KIS_WS_URL: simulator.wsUrl,
    ...more,
  }
  return { simulator, environment }
}
