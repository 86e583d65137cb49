// The hours of the US exchanges, by New York's clock, and of the day market that Korean brokers offer, by
// Korea's.
import type { Hours, VenueSessions } from './timetable.ts'

const preMarket: Hours = ['pre-market', '04:00', '09:30']

/**
 * Regular hours: NYSE rule 7.34, Nasdaq Equity 1. The early and late sessions are those of Nasdaq and NYSE
 * Arca, where the other exchanges' stocks trade too; on half days the late ones close at 17:00 (NYSE holiday
 * and early closings calendar). Not here yet: the night sessions that NYSE Arca was granted and Nasdaq asked
 * for, expected around the end of 2026.
 */
export const usSessions: VenueSessions = {
  zone: 'America/New_York',
  country: 'US',
  timetables: [
    {
      // The summer time of today began in 2007. Regular hours are older, the early session of Nasdaq is
      // younger (2013).
      from: 20070101,
      ordinary: [preMarket, ['regular', '09:30', '16:00'], ['after-market', '16:00', '20:00']],
      'half-day': [preMarket, ['regular', '09:30', '13:00'], ['after-market', '13:00', '17:00']],
    },
  ],
}

/**
 * KIS's order pages say 10:00–18:00 KST summer and winter, its quote pages 10:00–16:00: the wider is taken
 * here. It opens on the evening before in New York and belongs to the next business date, which is Korea's
 * date at the time. It stays shut on the holidays of the US, not of Korea. Since when these hours hold is not
 * established (protocol notes 7.2).
 */
export const usDaySessions: VenueSessions = {
  zone: 'Asia/Seoul',
  country: 'US',
  timetables: [{ from: 20070101, ordinary: [['day-market', '10:00', '18:00']] }],
}
