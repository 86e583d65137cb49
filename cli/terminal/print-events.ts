// The events of a feed on standard output: JSON lines for programs, or lines for people.
import { Subject } from 'rxjs'
import type { Feed } from '../../app/feed/contract.ts'
import { jsonLines } from '../../sinks/file/json-lines.ts'
import type { SinkNews } from '../../sinks/sink.ts'
import { openOutput } from './output.ts'
import { prettyPrinter } from './pretty.ts'

export type Printed = {
  /** Settles when nothing can be printed any more: with code 0 when the reader went away, as `head` does. */
  readonly closed: Promise<End>
  /** Whether everything was printed, as far as there was a reader. */
  flush(): Promise<boolean>
}

export type End = { readonly code: number; readonly reason: string | undefined }

const sinkName = 'standard output'

export function printNothing(): Printed {
  return { closed: new Promise(() => {}), flush: () => Promise.resolve(true) }
}

export function printLines(feed: Pick<Feed, 'attach'>): Printed {
  const { closed, end } = ending()
  let hasFailed = false
  const lines = jsonLines({ to: 1 })
  lines.watch(news => {
    if (news.type !== 'away' && news.type !== 'ended') return
    const isReaderGone = news.type === 'ended' && news.isReaderGone
    hasFailed ||= !isReaderGone
    end(isReaderGone ? undefined : news.reason)
  })
  feed.attach(lines, sinkName)
  return { closed, flush: () => lines.close().then(() => !hasFailed) }
}

export function printPretty(feed: Pick<Feed, 'attach'>): Printed {
  const { closed, end } = ending()
  const dropped = new Subject<SinkNews>()
  let hasFailed = false
  const output = openOutput(1, {
    onDropped(count) {
      dropped.next({ type: 'dropped', count })
      output.write(`… ${count} lines were left out, because they were read too slowly\n`)
    },
    onFailure({ code, message }) {
      hasFailed = code !== 'EPIPE'
      end(hasFailed ? message : undefined)
    },
  })
  const printer = prettyPrinter(text => output.write(text), process.stdout.isTTY)
  const watch = (watcher: (news: SinkNews) => void) => dropped.subscribe(watcher)
  feed.attach(Object.assign(printer, { watch }), sinkName)
  return { closed, flush: async () => (await output.drained()) || !hasFailed }
}

/** A reason is a failure; without one, the reader has seen enough. */
function ending() {
  let end = (_reason: string | undefined) => {}
  const closed = new Promise<End>(resolve => {
    end = reason => resolve({ code: reason === undefined ? 0 : 1, reason })
  })
  return { closed, end: (reason: string | undefined) => end(reason) }
}
