// The flags of the settings for Commander, from the list of settings.
import type { Command } from 'commander'
import { defaultOf } from '../../app/settings/configuration-page.ts'
import { allSettings, type commandSettings, type feedSettings, type Setting } from '../../app/settings/setting-list.ts'

type Name = keyof typeof feedSettings | keyof typeof commandSettings

/** Adds the flags of these settings. */
export function addSettings(command: Command, names: readonly Name[]): Command {
  for (const name of names) {
    const { flag, offFlag, variable, meaning, ...setting } = allSettings[name] as Setting
    const byDefault = defaultOf({ ...setting, meaning }, 'en')
    const more = byDefault === '' ? '' : `; default: ${byDefault}`
    if (flag !== undefined) command.option(flag, plain(`${meaning.en} (${variable}${more})`))
    if (offFlag !== undefined) command.option(offFlag, `the same as ${variable}=off`)
  }
  return command
}

function plain(markdown: string): string {
  return markdown.replaceAll('`', '')
}
