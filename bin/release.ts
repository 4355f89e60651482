import { chmodSync, chownSync, copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { exitCodeOf, Failure, say, stopSignal } from './failure.ts';
import { projectFolder } from './folders.ts';
import { readAccounts } from './releases/accounts.ts';
import { pack } from './releases/archive.ts';
import { endKept, goLive, rollBack, standDown } from './releases/going-back.ts';
import { type Home, makeFolders, nameOf, openHome, slotNames } from './releases/home.ts';
import { release } from './releases/releasing.ts';
import { readStatus, statusInWords } from './releases/status.ts';

const help = `새 릴리스를 쉬는 슬롯에 올리고, 점검한 뒤, 멈추지 않고 전환합니다.

  bin/release 묶음.tar.gz       올리고 전환합니다. 전 릴리스는 48시간 동안 켜 둡니다.
  bin/release --rollback        전 릴리스로 바로 되돌립니다.
  bin/release status [--json]   두 슬롯에 무엇이 있고 무엇이 서비스 중인지 보여 줍니다.
  bin/release end [--now]       48시간이 지난 전 릴리스를 끕니다. --now는 지금 끕니다.
  bin/release pack [커밋] [--out 파일]   저장소의 커밋으로 묶음을 만듭니다.
  bin/release init              처음 한 번: 폴더를 준비합니다.
  bin/release go-live           여러 서버를 부하 분산기가 나눌 때: 이 서버가 일을 맡습니다.
  bin/release stand-down        이 서버가 일을 내려놓습니다. 프로세스는 켜 둡니다.

설정은 /etc/moa/moa.env에 적습니다. 자세한 절차: docs/runbooks/release.md
`;

const options = {
  rollback: { type: 'boolean' },
  json: { type: 'boolean' },
  now: { type: 'boolean' },
  out: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

process.exit(await exitCodeOf(() => main(process.argv.slice(2))));

async function main(args: string[]): Promise<number> {
  const { values, positionals } = readArguments(args);
  const [word, argument, ...rest] = positionals;
  if (values.help || (!word && !values.rollback)) {
    process.stdout.write(help);
    return values.help ? 0 : 1;
  }
  if (rest.length > 0 || (argument && word !== 'pack')) throw new Failure(`인자가 너무 많습니다.\n\n${help}`);
  if (word === 'pack') return print(await pack(argument ?? 'HEAD', values.out));

  const home = openHome(process.env);
  if (values.rollback) return goBack(home);
  switch (word) {
    case 'init':
      return init(home);
    case 'status': {
      const status = await readStatus(home);
      return print(values.json ? JSON.stringify(status) : statusInWords(status).trimEnd());
    }
    case 'end': {
      const ended = await endKept(home, { now: values.now ?? false });
      say(ended ? `${ended} 슬롯을 껐습니다.` : '끌 슬롯이 없습니다.');
      return 0;
    }
    case 'go-live':
      say(`이 서버가 일을 맡았습니다. (${await goLive(home)} ms)`);
      return 0;
    case 'stand-down':
      return layDown(home);
    default:
      return bring(home, word!);
  }
}

async function bring(home: Home, archive: string): Promise<number> {
  const { slot, release: brought, handOverMs } = await release(home, archive, stopSignal());
  say(
    `${nameOf(brought)}이(가) ${slot} 슬롯에서 서비스 중입니다. 전환에 ${seconds(handOverMs)} 걸렸습니다.\n` +
      `전 릴리스는 ${home.keepHours}시간 동안 켜 둡니다. 되돌리려면 bin/release --rollback`,
  );
  return print(JSON.stringify({ slot, ...brought, handOverMs }));
}

async function goBack(home: Home): Promise<number> {
  const { slot, handOverMs } = await rollBack(home);
  say(`${slot} 슬롯으로 되돌렸습니다. 전환에 ${seconds(handOverMs)} 걸렸습니다.`);
  return print(JSON.stringify({ slot, handOverMs }));
}

async function layDown(home: Home): Promise<number> {
  await standDown(home);
  say('이 서버가 일을 내려놓았습니다. 하던 작업은 마칩니다.');
  return 0;
}

/** What root makes belongs to root: the application may write its sockets and its cache, and nothing else. */
function init(home: Home): number {
  makeFolders(home);
  const script = join(home.folder, 'bin/run');
  copyFileSync(join(projectFolder, 'deploy/systemd/run'), script);
  chmodSync(script, 0o755);
  for (const page of ['away.html', 'too-large.html'])
    copyFileSync(join(projectFolder, 'deploy/nginx', page), join(home.statics, page));
  if (process.getuid?.() === 0 && home.supervisor === 'systemd') {
    const { uid, gid } = readAccounts(
      readFileSync('/etc/passwd', 'utf8'),
      readFileSync('/etc/group', 'utf8'),
    );
    for (const folder of [home.folder, home.slots, home.sockets, home.statics]) chmodSync(folder, 0o755);
    for (const slot of slotNames) {
      const sockets = join(home.sockets, slot);
      chownSync(sockets, uid, gid);
      chmodSync(sockets, 0o2750); // the sockets in it get the group of nginx
      chownSync(join(home.folder, 'cache', slot), uid, gid);
    }
    chownSync(join(home.folder, 'data'), uid, gid);
  }
  say(`${home.folder} 폴더를 준비했습니다.`);
  return 0;
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)}초`;
}

function readArguments(args: string[]) {
  try {
    return parseArgs({ args, allowPositionals: true, options });
  } catch {
    throw new Failure(`알 수 없는 옵션이 있습니다: ${args.join(' ')}\n\n${help}`);
  }
}
