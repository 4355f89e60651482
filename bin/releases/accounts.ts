import { Failure } from '../failure.ts';

/** The user the processes run as, and the group nginx is in: as deploy/systemd and Debian name them. */
export function readAccounts(passwd: string, group: string): { uid: number; gid: number } {
  const uid = numberOf('moa', passwd);
  const gid = numberOf('www-data', group);
  if (uid === undefined)
    throw new Failure('moa 사용자가 없습니다. docs/runbooks/install.md의 1을 먼저 하세요.');
  if (gid === undefined) throw new Failure('www-data 그룹이 없습니다. nginx를 먼저 설치하세요.');
  return { uid, gid };
}

function numberOf(name: string, table: string): number | undefined {
  const line = table.split('\n').find((text) => text.startsWith(`${name}:`));
  return line === undefined ? undefined : Number(line.split(':')[2]);
}
