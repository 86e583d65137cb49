// The folders that a feed has to itself while it runs.
import type { Clock } from '../../market/clock.ts'
import { type FolderLock, lockFolder } from './folder-lock.ts'
import type { Logger } from '../observe/log.ts'

export type HeldFoldersParts = {
  readonly dataFolder: string | undefined
  readonly recordFolder: string | undefined
  readonly clock: Clock
  readonly log: Logger
  readonly onRecordingLost: (reason: string) => void
}

export type HeldFolders = {
  /** Takes all of them, or none and throws a FolderInUseError. */
  take(): void
  /** False once the data folder is another process's. */
  isDataOurs(): boolean
  release(): void
}

export function holdFolders({ dataFolder, recordFolder, onRecordingLost, ...parts }: HeldFoldersParts): HeldFolders {
  let data: FolderLock | undefined
  let recording: FolderLock | undefined

  function release(): void {
    data?.release()
    recording?.release()
  }

  return {
    take() {
      try {
        if (dataFolder !== undefined) data = lockFolder({ folder: dataFolder, use: 'data', ...parts })
        if (recordFolder !== undefined) {
          recording = lockFolder({ folder: recordFolder, use: 'recording', onLost: onRecordingLost, ...parts })
        }
      } catch (error) {
        release()
        throw error
      }
    },
    isDataOurs: () => data?.isOurs ?? true,
    release,
  }
}
