import { readFile } from 'node:fs/promises';
import { openCompoundFile } from './compound-file.ts';
import { kindOf } from './kinds.ts';
import { limits } from './limits.ts';
import { damaged, FileRefused, WrongPassword } from './refusals.ts';
import { openSource } from './source.ts';

/** True for a spreadsheet behind a password, whatever its name. Refuses what is no spreadsheet at all. */
export async function isLocked(file: string | Buffer): Promise<boolean> {
  await using source = await openSource(file);
  return (await kindOf(source)) === 'locked';
}

/**
 * The spreadsheet inside a locked file. Throws `WrongPassword`, or `FileRefused` for a file that is damaged or asks
 * for more work than Excel's own files do. Takes up to a second of the processor: not for the web process.
 */
export async function unlock(file: string | Buffer, password: string): Promise<Buffer> {
  await refuseCostlyLocks(file);
  if (password === '') throw new WrongPassword();
  const bytes = typeof file === 'string' ? await readFile(file) : file;
  const { default: officeCrypto } = await import('officecrypto-tool'); // slow to load, and most files are open
  try {
    return await officeCrypto.decrypt(bytes, { password });
  } catch (error) {
    if (error instanceof Error && error.message === 'The password is incorrect') throw new WrongPassword();
    throw damaged(error);
  }
}

async function refuseCostlyLocks(file: string | Buffer): Promise<void> {
  await using source = await openSource(file);
  if ((await kindOf(source)) !== 'locked') throw new FileRefused('비밀번호가 걸리지 않은 파일입니다.');
  const info = await (await openCompoundFile(source)).read('EncryptionInfo', 64 * 1024);
  if (info.length < 8) throw damaged();

  const [major, minor] = [info.readUInt16LE(0), info.readUInt16LE(2)];
  if (major === 4 && minor === 4) refuseCostlyAgile(info.toString('utf8', 8));
  else if (minor !== 2) throw unknownLock();
}

/** The file itself says how often to hash and how long its keys are; the whole description must look like Excel's. */
function refuseCostlyAgile(xml: string): void {
  const [spin, another] = xml.match(/spinCount\b[^\s>]*/g) ?? [];
  const count = /^spinCount="(\d{1,9})"$/.exec(spin ?? '')?.[1];
  if (/<!/.test(xml) || !count || another) throw damaged();
  if (Number(count) > limits.spinCount) {
    throw new FileRefused(
      '비밀번호를 푸는 데 지나치게 오래 걸리게 만들어진 파일이라 열지 않습니다. 원본 파일을 올려 주세요.',
    );
  }
  if (!every(xml, 'keyBits', /^(128|192|256)$/) || !every(xml, 'blockSize', /^16$/)) throw unknownLock();
  if (!every(xml, 'hashAlgorithm', /^SHA-?(1|256|384|512)$/)) throw unknownLock();
}

function every(xml: string, name: string, allowed: RegExp): boolean {
  const found = xml.match(new RegExp(`${name}\\b[^\\s>]*`, 'g')) ?? [];
  return found.every((text) => allowed.test(/="([^"]*)"/.exec(text)?.[1] ?? ''));
}

const unknownLock = () =>
  new FileRefused('처음 보는 방식으로 잠긴 파일입니다. 엑셀에서 열어 비밀번호 없이 저장한 뒤 올려 주세요.');
