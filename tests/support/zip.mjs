// Writing zip files: APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16.

import { crc32, deflateRawSync } from 'node:zlib';

// A zip of these files: `{ name, data, stored, size, flags, method }`, of which all but the first two
// are as they should be unless given.
export function zipped(files) {
  const parts = [];
  const directory = [];
  let at = 0;
  for (const { name, data, stored = false, size = data.length, flags = 0, method = stored ? 0 : 8 } of files) {
    const packed = stored ? data : deflateRawSync(data, { level: 1 });
    const path = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(flags, 2);
    common.writeUInt16LE(method, 4);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(size, 18);
    common.writeUInt16LE(path.length, 22);
    parts.push(Buffer.from('PK\x03\x04'), common, path, packed);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(at, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\0', 'latin1'), common, tail, path);
    at += 4 + common.length + path.length + packed.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(list.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...parts, list, Buffer.from('PK\x05\x06'), end]);
}
