// A block: many rows in one piece, packed and with a checksum, written at once, and read or lost at once. No
// block needs another one.
//
//    0  'KISB'                          16  number of its first row in the segment
//    4  CRC-32 of all that follows      20  rows
//    8  bytes stored, behind this head  24  KIS records in its frames
//   12  bytes of rows, unpacked         28  0: as they are, 1: Brotli
//   32  earliest and latest `receivedTime`, two doubles   (integers: 32 bits, little-endian)
import { promisify } from 'node:util'
import { brotliCompressSync, brotliDecompress, brotliDecompressSync, constants, crc32 } from 'node:zlib'

export const headBytes = 48
const magic = 0x4253494b

/** Larger than any block: a length beyond it is malformed. */
const mostBytes = 2 ** 28

const unpack = promisify(brotliDecompress)

export type BlockFacts = {
  readonly firstRow: number
  readonly rows: number
  readonly records: number
  readonly from: number
  readonly to: number
}

export type BlockHead = BlockFacts & {
  readonly storedBytes: number
  readonly rawBytes: number
  readonly isPacked: boolean
}

/**
 * Brotli at its fastest: what Node 20 can read that packs frames best for its time (docs/recording-format.md
 * has the measurements).
 */
export function encodeBlock(rows: Uint8Array, facts: BlockFacts, isPacked: boolean): Buffer {
  const stored = isPacked ? pack(rows) : rows
  const block = Buffer.allocUnsafe(headBytes + stored.length)
  block.writeUInt32LE(magic, 0)
  block.writeUInt32LE(stored.length, 8)
  block.writeUInt32LE(rows.length, 12)
  block.writeUInt32LE(facts.firstRow, 16)
  block.writeUInt32LE(facts.rows, 20)
  block.writeUInt32LE(facts.records, 24)
  block.writeUInt32LE(isPacked ? 1 : 0, 28)
  block.writeDoubleLE(facts.from, 32)
  block.writeDoubleLE(facts.to, 40)
  block.set(stored, headBytes)
  block.writeUInt32LE(crc32(block.subarray(8)), 4)
  return block
}

function pack(rows: Uint8Array): Buffer {
  return brotliCompressSync(rows, {
    // The size of the output buffer: room that is not needed costs page faults.
    chunkSize: 64 * 1024,
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 0,
      [constants.BROTLI_PARAM_LGWIN]: 20,
      [constants.BROTLI_PARAM_SIZE_HINT]: rows.length,
    },
  })
}

/**
 * The head of a block, or undefined when these bytes are none. Only the head of an intact block can be
 * trusted.
 */
export function readHead(bytes: Buffer): BlockHead | undefined {
  if (bytes.length < headBytes || bytes.readUInt32LE(0) !== magic) return undefined
  const storedBytes = bytes.readUInt32LE(8)
  const rawBytes = bytes.readUInt32LE(12)
  const codec = bytes.readUInt32LE(28)
  if (storedBytes > mostBytes || rawBytes > mostBytes || codec > 1) return undefined
  return {
    storedBytes,
    rawBytes,
    firstRow: bytes.readUInt32LE(16),
    rows: bytes.readUInt32LE(20),
    records: bytes.readUInt32LE(24),
    isPacked: codec === 1,
    from: bytes.readDoubleLE(32),
    to: bytes.readDoubleLE(40),
  }
}

/** Whether a block is as it was written. `block`: its head and all that is stored behind it. */
export function isIntact(block: Buffer): boolean {
  return block.length >= headBytes && crc32(block.subarray(8)) === block.readUInt32LE(4)
}

/** The rows of an intact block, in memory that starts at a word. Unpacks in another thread. */
export async function rowsOf(block: Buffer, head: BlockHead): Promise<Uint8Array> {
  const stored = block.subarray(headBytes, headBytes + head.storedBytes)
  if (!head.isPacked) return aligned(stored)
  // In one piece: more than fits would mean that the head is wrong.
  return aligned(await unpack(stored, { chunkSize: Math.max(64, head.rawBytes + 1), maxOutputLength: head.rawBytes }))
}

export function rowsOfNow(block: Buffer, head: BlockHead): Uint8Array {
  const stored = block.subarray(headBytes, headBytes + head.storedBytes)
  if (!head.isPacked) return aligned(stored)
  return aligned(
    brotliDecompressSync(stored, { chunkSize: Math.max(64, head.rawBytes + 1), maxOutputLength: head.rawBytes }),
  )
}

/** Not as a Buffer, whose `subarray` costs twice as much. */
function aligned({ buffer, byteOffset, byteLength }: Buffer): Uint8Array {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength)
  return byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes)
}
