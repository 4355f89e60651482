import { createRequire } from 'node:module';

interface Agile {
  hash(algorithm: string, ...parts: Buffer[]): Buffer;
  createUInt32LEBuffer(value: number): Buffer;
  convertPasswordToKey(
    password: string,
    algorithm: string,
    salt: Buffer,
    spinCount: number,
    keyBits: number,
    blockKey: Buffer,
  ): Buffer;
}

const agile: Agile = createRequire(import.meta.url)('officecrypto-tool/src/crypto/ecma376_agile.js');
const workOut = agile.convertPasswordToKey;
const known = new Map<string, Buffer>();

/**
 * A password is hashed a hundred thousand times over, six times for one file that is locked and opened again, and the
 * same each time but for the last step. From here on this process does it once for each password and salt.
 */
agile.convertPasswordToKey = (password, algorithm, salt, spinCount, keyBits, blockKey) => {
  const of = `${password} ${algorithm} ${salt.toString('hex')} ${spinCount}`;
  let spun = known.get(of);
  if (!spun) {
    spun = agile.hash(algorithm, salt, Buffer.from(password, 'utf16le'));
    for (let at = 0; at < spinCount; at++) spun = agile.hash(algorithm, agile.createUInt32LEBuffer(at), spun);
    known.set(of, spun);
    checkOnce(spun, [password, algorithm, salt, spinCount, keyBits, blockKey]);
  }
  return lastStep(spun, algorithm, keyBits, blockKey);
};

function lastStep(spun: Buffer, algorithm: string, keyBits: number, blockKey: Buffer): Buffer {
  const key = agile.hash(algorithm, spun, blockKey).subarray(0, keyBits / 8);
  return Buffer.concat([key, Buffer.alloc(keyBits / 8 - key.length, 0x36)]);
}

/** The library's own way leads to the same. */
function checkOnce(spun: Buffer, given: Parameters<Agile['convertPasswordToKey']>): void {
  if (known.size > 1) return;
  const [, algorithm, , , keyBits, blockKey] = given;
  if (!workOut.apply(agile, given).equals(lastStep(spun, algorithm, keyBits, blockKey)))
    throw new Error('officecrypto-tool works out its keys in another way by now');
}
