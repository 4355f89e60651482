import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from '../../../bin/folders.ts';
import { findProgram } from '../../../bin/installed-programs.ts';
import type { Need } from '../../../bin/system-packages.ts';
import { freePort } from '../../../bin/web-address.ts';
import { type Lab, until } from './lab.ts';

export const nginxNeed: Need = {
  name: 'nginx',
  isThere: () => findProgram('nginx') !== undefined,
  apt: ['nginx-light'],
  brew: ['nginx'],
};

/** The files of deploy/nginx as they are, for another folder than /srv/moa. */
export function nginxFiles(home: string): { upstream: string; locations: string; site: string } {
  const read = (name: string) =>
    readFileSync(join(projectFolder, 'deploy/nginx', name), 'utf8').replaceAll('/srv/moa', home);
  return { upstream: read('upstream.conf'), locations: read('locations.conf'), site: read('site.conf') };
}

/** What Debian's own nginx.conf does around them, without root and in a folder of its own. */
export function nginxConf(folder: string, server: string): string {
  return `
daemon off;
${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log info;
events { worker_connections 4096; }
http {
  include ${mimeTypes()};
  access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  include ${folder}/upstream.conf;
  ${server}
}
`;
}

/** Debian's place, or that of Homebrew. */
function mimeTypes(): string {
  const places = [
    '/etc/nginx/mime.types',
    '/opt/homebrew/etc/nginx/mime.types',
    '/usr/local/etc/nginx/mime.types',
  ];
  return places.find((place) => readable(place)) ?? places[0]!;
}

function readable(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}

/** nginx in front of the slots of `home`; gives its address. */
export async function startNginx(lab: Lab, home: string): Promise<{ url: string; errors(): string }> {
  const folder = join(lab.folder, 'nginx');
  mkdirSync(folder);
  const { upstream, locations } = nginxFiles(home);
  writeFileSync(join(folder, 'upstream.conf'), upstream);
  writeFileSync(join(folder, 'locations.conf'), locations);
  const port = await freePort(0, '127.0.0.1');
  const server = `server { listen 127.0.0.1:${port} backlog=4096; include ${folder}/locations.conf; }`;
  const conf = join(folder, 'nginx.conf');
  writeFileSync(conf, nginxConf(folder, server));
  lab.spawn('nginx', findProgram('nginx')!, ['-c', conf, '-p', folder]);
  const url = `http://127.0.0.1:${port}`;
  await until(
    'nginx',
    async () => (await fetch(url, { redirect: 'manual' }).catch(() => undefined)) !== undefined,
  );
  return { url, errors: () => readFileSync(join(folder, 'error.log'), 'utf8') };
}
