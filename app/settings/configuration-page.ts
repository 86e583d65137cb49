// Made from the lists of settings and timings: docs/configuration.md, docs/configuration.ko.md, and the
// variables that the containers of docker-compose.yml pass on.
import { defaultTiming, type Timing } from '../../machines/timing.ts'
import { allSettings, feedSettings, groups, type Language, type Setting, type Text } from './setting-list.ts'
import { timingMeanings, timingVariable } from './timing-list.ts'

const words = {
  title: { en: 'Configuration', ko: '설정' },
  intro: {
    en: `[한국어](configuration.ko.md)

Flags win over the environment, the environment over \`.env\` in the working directory, or the file that \`KIS_ENV_FILE\` names. An empty variable
counts as unset. In code, the same settings are options of \`createFeed\` and \`openJobs\`, by the names in the column "in code". Every unknown or
contradictory setting is a mistake; all of them are listed at once, each with its likely spelling.`,
    ko: `[English](configuration.md)

플래그가 환경 변수보다, 환경 변수가 작업 디렉터리의 \`.env\`(또는 \`KIS_ENV_FILE\`로 지정한 파일)보다 우선합니다. 빈 변수는 없는 것으로 봅니다. 코드에서는 같은
설정을 "코드" 열의 이름으로 \`createFeed\`와 \`openJobs\`에 옵션으로 지정합니다. 알 수 없거나 서로 모순되는 설정은 오류이며, 올바른 철자로 보이는 이름과 함께 한꺼번에 보여 줍니다.`,
  },
  made: {
    en: `<!-- Made from app/settings/setting-list.ts and app/settings/timing-list.ts by \`npm run generate\`. -->`,
    ko: `<!-- app/settings/setting-list.ts와 app/settings/timing-list.ts에서 \`npm run generate\`로 만듭니다. -->`,
  },
  head: { en: ['variable', 'flag', 'in code', 'default', 'meaning'], ko: ['변수', '플래그', '코드', '기본값', '의미'] },
  timings: { en: 'Timings', ko: '대기 시간' },
  timingsIntro: {
    en: `Milliseconds, or a count where the name says \`most\`. In code: \`timing: { graceMs: 3000 }\`. [machines/timing.ts](../machines/timing.ts) has the reason
for each. Those without a variable can be set in code only.`,
    ko: `밀리초 단위이며, 이름이 \`most\`로 시작하면 횟수입니다. 코드에서는 \`timing: { graceMs: 3000 }\`처럼 지정합니다. 각각의 근거는
[machines/timing.ts](../machines/timing.ts)에 있습니다. 변수가 없는 것은 코드에서만 바꿀 수 있습니다.`,
  },
  paper: { en: 'paper', ko: '모의투자' },
} as const

export function configurationPage(language: Language): string {
  const sections = Object.entries(groups).map(([group, title]) => {
    const rows = Object.entries(allSettings).filter(([, setting]) => setting.group === group)
    return `## ${title[language]}\n\n${tableOf(
      words.head[language],
      rows.map(([name, setting]) => rowOf(name, setting, language)),
    )}`
  })
  const [variable, , code, byDefault, meaning] = words.head[language]
  const timings = Object.keys(defaultTiming).map(name => timingRow(name as keyof Timing, language))
  return `# ${words.title[language]}

${words.made[language]}

${words.intro[language]}

${sections.join('\n\n')}

## ${words.timings[language]}

${words.timingsIntro[language]}

${tableOf([variable, code, byDefault, meaning], timings)}
`
}

function rowOf(name: string, setting: Setting, language: Language): string[] {
  const { variable, flag, offFlag, option = name in feedSettings ? name : '', meaning } = setting
  const flags = [flag, offFlag].flatMap(each => each?.split(' ')[0] ?? [])
  return [code(variable), flags.map(code).join(', '), code(option), defaultOf(setting, language), meaning[language]]
}

/** In Markdown; empty where there is none. */
export function defaultOf(setting: Setting, language: Language): string {
  if (setting.default !== undefined) return setting.default[language]
  const value = setting.schema.safeParse(undefined).data
  if (typeof value === 'boolean' && setting.group !== 'addresses') return code(value ? 'on' : 'off')
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? code(String(value)) : ''
}

function timingRow(name: keyof Timing, language: Language): string[] {
  const paper = name === 'pacingMs' ? `, ${words.paper[language]} 500` : ''
  return [
    code(timingVariable(name)),
    code(`timing.${name}`),
    `${defaultTiming[name]}${paper}`,
    meaningOf(name)[language],
  ]
}

function meaningOf(timing: keyof Timing): Text {
  return timingMeanings[timing]
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

function code(text: string | undefined): string {
  return text === undefined || text === '' ? '' : `\`${text}\``
}

/** docker-compose.yml with the variables of today. */
export function withSettings(compose: string): string {
  const variables = Object.values(allSettings).flatMap(({ variable, inContainers }) => {
    if (variable === undefined || inContainers === false) return []
    return inContainers === undefined ? variable : `${variable}=${inContainers}`
  })
  const timings = Object.keys(defaultTiming).flatMap(name => timingVariable(name) ?? [])
  const list = [...variables, ...timings].map(entry => `      - ${entry}\n`).join('')
  return compose.replace(/(?<=environment: &settings\n)(?: {6}- .*\n)+/, () => list)
}
