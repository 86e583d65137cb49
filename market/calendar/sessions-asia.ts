// The hours of the other Asian exchanges, lunch breaks included, as the exchanges publish them. Less well
// founded than Korea's and the US's: none was checked against a capture, KIS's Asian books may run 15 minutes
// late, and the holidays of these countries are not listed here (see holidays.ts). `from` is the first date
// that is vouched for, not the first ever.
import type { VenueSessions } from './timetable.ts'

/**
 * HKEX trading hours; half days are the eves of Christmas, New Year and Lunar New Year. Auctions end at a
 * random second.
 */
export const hongKongSessions: VenueSessions = {
  zone: 'Asia/Hong_Kong',
  country: 'HK',
  timetables: [
    {
      // The closing auction came back on 2016-07-25.
      from: 20160725,
      ordinary: [
        ['opening-auction', '09:00', '09:30'],
        ['regular', '09:30', '12:00'],
        ['regular', '13:00', '16:00'],
        ['closing-auction', '16:00', '16:10'],
      ],
      'half-day': [
        ['opening-auction', '09:00', '09:30'],
        ['regular', '09:30', '12:00'],
        ['closing-auction', '12:00', '12:10'],
      ],
    },
  ],
}

/** JPX: half an hour more, and a closing auction, since 2024-11-05 (arrowhead 4.0). */
export const tokyoSessions: VenueSessions = {
  zone: 'Asia/Tokyo',
  country: 'JP',
  timetables: [
    {
      from: 20111121,
      ordinary: [
        ['regular', '09:00', '11:30'],
        ['regular', '12:30', '15:00'],
      ],
    },
    {
      from: 20241105,
      ordinary: [
        ['regular', '09:00', '11:30'],
        ['regular', '12:30', '15:25'],
        ['closing-auction', '15:25', '15:30'],
      ],
    },
  ],
}

/**
 * Shanghai's and Shenzhen's A shares. Trading at the closing price after 15:05 concerns some boards only:
 * left out.
 */
export const chinaSessions: VenueSessions = {
  zone: 'Asia/Shanghai',
  country: 'CN',
  timetables: [
    {
      // Shanghai took over Shenzhen's closing auction on 2018-08-20.
      from: 20180820,
      ordinary: [
        ['opening-auction', '09:15', '09:25'],
        ['regular', '09:30', '11:30'],
        ['regular', '13:00', '14:57'],
        ['closing-auction', '14:57', '15:00'],
      ],
    },
  ],
}

/** HOSE: ATO, continuous, ATC. Negotiated deals go on to 15:00 and are left out. */
export const hoChiMinhSessions: VenueSessions = {
  zone: 'Asia/Ho_Chi_Minh',
  country: 'VN',
  timetables: [
    {
      from: 20180101,
      ordinary: [
        ['opening-auction', '09:00', '09:15'],
        ['regular', '09:15', '11:30'],
        ['regular', '13:00', '14:30'],
        ['closing-auction', '14:30', '14:45'],
      ],
    },
  ],
}

/** HNX: no opening auction, and post-close orders (PLO) at the closing price to 15:00. */
export const hanoiSessions: VenueSessions = {
  zone: 'Asia/Ho_Chi_Minh',
  country: 'VN',
  timetables: [
    {
      from: 20180101,
      ordinary: [
        ['regular', '09:00', '11:30'],
        ['regular', '13:00', '14:30'],
        ['closing-auction', '14:30', '14:45'],
        ['closing-price', '14:45', '15:00'],
      ],
    },
  ],
}
