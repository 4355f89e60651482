import { exitCodeOf, say } from './failure.ts';
import { dataFolder } from './folders.ts';
import { browserNeeds, ensureInstalled, serverNeeds } from './system-packages.ts';

process.exit(
  await exitCodeOf(async () => {
    await ensureInstalled([...Object.values(serverNeeds), ...browserNeeds], dataFolder(process.env));
    say('필요한 프로그램이 모두 있습니다. bin/start로 시작하세요.');
    return 0;
  }),
);
