// A tar archive of a few small files, in the ustar format (POSIX.1-1988), which every tar reads.

export type ArchivedFile = { readonly name: string; readonly text: string }

const blockBytes = 512

/** `time`: epoch milliseconds, when the files are said to have been written. */
export function tarOf(files: readonly ArchivedFile[], time: number): Buffer {
  const parts = files.flatMap(({ name, text }) => {
    const content = Buffer.from(text)
    return [headerOf(name, content.length, time), content, Buffer.alloc(-content.length & (blockBytes - 1))]
  })
  // Two empty blocks end an archive.
  return Buffer.concat([...parts, Buffer.alloc(2 * blockBytes)])
}

/** Name, mode, owner, group, size, time, checksum, type, magic, version; numbers are octal, with zeros. */
function headerOf(name: string, bytes: number, time: number): Buffer {
  if (Buffer.byteLength(name) > 100)
    throw new RangeError(`'${name}' is longer than the 100 bytes a tar header has for it`)
  const header = Buffer.alloc(blockBytes)
  header.write(name, 0)
  header.write(octal(0o600, 7), 100)
  header.write(octal(0, 7), 108)
  header.write(octal(0, 7), 116)
  header.write(octal(bytes, 11), 124)
  header.write(octal(Math.floor(time / 1_000), 11), 136)
  header.write(' '.repeat(8), 148) // the checksum is taken over blanks
  header.write('0', 156)
  header.write('ustar\u000000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${octal(sum, 6)}\u0000 `, 148)
  return header
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0')
}
