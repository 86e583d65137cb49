// Where the examples connect to. With keys in the environment: to KIS, or to the addresses given beside
// them. Without keys: to a simulator in this process, which accepts any keys and generates a market at any
// hour.
import { startSimulator } from 'kis-stream/simulator'

type Connection = {
  /** For `createFeed` and `openJobs`. */
  readonly options: {
    readonly appKey: string
    readonly appSecret: string
    readonly environment?: 'prod' | 'paper'
    readonly restUrl?: string
    readonly socketUrl?: string
  }
  /** Call it after the feed stopped: a simulator keeps its process alive. */
  readonly close: () => Promise<void>
}

export async function connect(): Promise<Connection> {
  const { KIS_APP_KEY: appKey, KIS_APP_SECRET: appSecret = '', KIS_ENV, KIS_REST_URL, KIS_WS_URL } = process.env
  if (appKey) {
    const options = {
      appKey,
      appSecret,
      ...(KIS_ENV === 'paper' && { environment: 'paper' as const }),
      ...(KIS_REST_URL && { restUrl: KIS_REST_URL }),
      ...(KIS_WS_URL && { socketUrl: KIS_WS_URL }),
    }
    return { options, close: async () => {} }
  }
  const simulator = await startSimulator()
  console.error('No KIS_APP_KEY: a generated market, from a simulator in this process.')
  const { restUrl, wsUrl: socketUrl } = simulator
  return { options: { appKey: 'any', appSecret: 'any', restUrl, socketUrl }, close: () => simulator.stop() }
}

/** Acts on the first Ctrl-C only. */
export function onInterrupt(act: () => Promise<unknown>): void {
  let isStopping = false
  process.on('SIGINT', () => {
    if (isStopping) return
    isStopping = true
    void act()
  })
}
