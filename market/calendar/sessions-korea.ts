// The hours of KRX and Nextrade, by Korea's clock. Sources: KRX KOSPI market business regulation (유가증권시장
// 업무규정) and its notices; KIS's notice of 2026-09-09 on the KRX after-market (protocol notes 7.1).
import type { Hours, VenueSessions } from './timetable.ts'

/**
 * From the closing auction to the last trade at the closing price. The same before and after September 2026.
 */
const krxClose: readonly Hours[] = [
  ['closing-auction', '15:20', '15:30'],
  ['closing-price', '15:40', '16:00'],
]
const krxExamDayClose: readonly Hours[] = [
  ['closing-auction', '16:20', '16:30'],
  ['closing-price', '16:40', '17:00'],
]

/**
 * Trading at the previous close before the opening (08:30–08:40) is left out: it goes on inside the opening
 * auction.
 *
 * Late open: KRX notices of each December ("2026년 연초 개장일 매매거래시간": 10:00, closing times unchanged, everything
 * before the opening an hour later). Exam day: KRX notice of 2025-10-30: all an hour later, but the last
 * session ends as usual.
 */
export const krxSessions: VenueSessions = {
  zone: 'Asia/Seoul',
  country: 'KR',
  timetables: [
    {
      // The opening auction was shortened to 30 minutes on 2019-04-29.
      from: 20190429,
      ordinary: [
        ['opening-auction', '08:30', '09:00'],
        ['regular', '09:00', '15:20'],
        ...krxClose,
        ['overtime-single-price', '16:00', '18:00'],
      ],
      'late-open': [
        ['opening-auction', '09:30', '10:00'],
        ['regular', '10:00', '15:20'],
        ...krxClose,
        ['overtime-single-price', '16:00', '18:00'],
      ],
      'exam-day': [
        ['opening-auction', '09:30', '10:00'],
        ['regular', '10:00', '16:20'],
        ...krxExamDayClose,
        ['overtime-single-price', '17:00', '18:00'],
      ],
    },
    {
      // KIS notice of 2026-09-09: opening auction from 08:20, an after-market to 20:00 in place of the
      // overtime single price. Its late-open and exam-day hours are inferred from the older ones.
      from: 20260914,
      ordinary: [
        ['opening-auction', '08:20', '09:00'],
        ['regular', '09:00', '15:20'],
        ...krxClose,
        ['after-market', '16:00', '20:00'],
      ],
      'late-open': [
        ['opening-auction', '09:20', '10:00'],
        ['regular', '10:00', '15:20'],
        ...krxClose,
        ['after-market', '16:00', '20:00'],
      ],
      'exam-day': [
        ['opening-auction', '09:20', '10:00'],
        ['regular', '10:00', '16:20'],
        ...krxExamDayClose,
        ['after-market', '17:00', '20:00'],
      ],
    },
  ],
}

/**
 * Nextrade opened on 2025-03-04 and rests while KRX finds its opening and closing prices. Without a
 * pre-market on late opens and exam days: Nextrade's notices of 2025-10-30 (수능) and 2025-12-18 (연초 개장일).
 */
export const nxtSessions: VenueSessions = {
  zone: 'Asia/Seoul',
  country: 'KR',
  timetables: [
    {
      from: 20250304,
      ordinary: [
        ['pre-market', '08:00', '08:50'],
        ['regular', '09:00:30', '15:20'],
        ['single-price', '15:30', '15:40'],
        ['after-market', '15:40', '20:00'],
      ],
      'late-open': [
        ['regular', '10:00:30', '15:20'],
        ['single-price', '15:30', '15:40'],
        ['after-market', '15:40', '20:00'],
      ],
      'exam-day': [
        ['regular', '10:00:30', '16:20'],
        ['single-price', '16:30', '16:40'],
        ['after-market', '16:40', '20:00'],
      ],
    },
  ],
}
