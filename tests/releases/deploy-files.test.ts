import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { findProgram } from '../../bin/installed-programs.ts';
import { workerFlags } from '../../bin/supervision.ts';
import { nginxConf, nginxFiles } from '../drills/lab/nginx.ts';
import { parseYaml, type Yaml } from './yaml.ts';

const deploy = join(import.meta.dirname, '../../deploy');
const read = (path: string) => readFileSync(join(deploy, path), 'utf8');
const yaml = <T>(path: string) => parseYaml(read(path)) as T;

interface Compose {
  services: Record<
    string,
    { depends_on?: Record<string, { condition: string }>; secrets?: string[]; volumes?: string[] }
  >;
  secrets: Record<string, Yaml>;
  volumes: Record<string, Yaml>;
}

test('nginx takes its files', { skip: findProgram('nginx') ? false : 'nginx is not installed' }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'moa-nginx-'));
  try {
    const { upstream, locations, site } = nginxFiles('/srv/moa');
    writeFileSync(join(folder, 'upstream.conf'), upstream);
    writeFileSync(join(folder, 'moa-locations.conf'), locations);
    const pem = join(folder, 'pem');
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
        ...['-keyout', pem, '-out', `${pem}.crt`, '-subj', '/CN=moa.example', '-days', '1'],
      ],
      { stdio: 'ignore' },
    );
    const server = site
      .replace('snippets/moa-locations.conf', join(folder, 'moa-locations.conf'))
      .replace('/etc/ssl/moa/fullchain.pem', `${pem}.crt`)
      .replace('/etc/ssl/moa/privkey.pem', pem)
      .replace('/var/log/nginx/moa.log', join(folder, 'access.log'));
    writeFileSync(join(folder, 'nginx.conf'), nginxConf(folder, server));
    const { status, stderr } = spawnSync(
      findProgram('nginx')!,
      ['-t', '-c', join(folder, 'nginx.conf'), '-p', folder],
      {
        encoding: 'utf8',
      },
    );
    assert.equal(status, 0, stderr);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('nginx keeps a socket for longer than it is silent, and a connection for less long than the web does', () => {
  const locations = read('nginx/locations.conf');
  assert.match(locations, /location \/socket\.io\/ \{[^}]*proxy_read_timeout 75s/);
  assert.match(read('nginx/upstream.conf'), /keepalive_timeout 2s;/);
  const listening = readFileSync(join(deploy, '../src/lib/web/listening.ts'), 'utf8');
  assert.ok(Number(/proxyForgetsMs = (\d+)/.exec(listening)?.[1]) > 2000);
});

test('the pages nginx answers with are there, and put where it looks for them', () => {
  const pages = [...read('nginx/locations.conf').matchAll(/^error_page [\d ]+ \/([\w-]+\.html);/gm)].map(
    ([, page]) => page!,
  );
  assert.deepEqual(pages, ['away.html', 'too-large.html']);
  const release = readFileSync(join(deploy, '../bin/release.ts'), 'utf8');
  for (const page of pages) {
    assert.match(read(`nginx/${page}`), /<html lang="ko">/);
    assert.ok(release.includes(`'${page}'`), page);
  }
});

test('systemd starts what bin/release asks it for', () => {
  const sections = new Set(['[Unit]', '[Service]', '[Timer]', '[Install]']);
  for (const path of globSync('systemd/*.{service,timer}', { cwd: deploy })) {
    for (const line of read(path)
      .split('\n')
      .filter((text) => text && !text.startsWith('#')))
      assert.ok(sections.has(line) || /^[A-Z]\w+=\S/.test(line), `${path}: ${line}`);
  }
  for (const kind of ['web', 'worker'])
    assert.match(
      read(`systemd/moa-${kind}@.service`),
      new RegExp(`^ExecStart=/srv/moa/bin/run ${kind} %i$`, 'm'),
    );
  const analyze = findProgram('systemd-analyze');
  if (!analyze) return;
  const units = globSync('systemd/*.{service,timer}', { cwd: deploy }).map((path) => join(deploy, path));
  const { stderr } = spawnSync(analyze, ['verify', ...units], { encoding: 'utf8' });
  const complaints = stderr
    .split('\n')
    .filter((line) => /^moa-|\/moa-/.test(line) && !line.includes('is not executable'));
  assert.deepEqual(complaints, []);
});

test('the worker has the same memory everywhere', () => {
  for (const path of ['systemd/run', 'docker/compose.yaml'])
    assert.ok(read(path).includes(workerFlags.join(' ')), path);
});

test('scripts can be run, and sh can read them', () => {
  const scripts = [
    'systemd/run',
    'systemd/moa-release',
    'systemd/moa',
    ...globSync('aws/*.sh', { cwd: deploy }),
  ];
  assert.ok(scripts.length >= 6);
  for (const path of scripts) {
    assert.ok(statSync(join(deploy, path)).mode & 0o111, `${path} is not executable`);
    assert.equal(spawnSync('sh', ['-n', join(deploy, path)]).status, 0, path);
  }
});

test('the image is made of files that are there, and runs as nobody special', () => {
  const known = /^(FROM|WORKDIR|COPY|RUN|ENV|USER|EXPOSE|HEALTHCHECK|CMD)\s/;
  const lines = read('docker/Dockerfile')
    .split('\n')
    .filter((line) => line && !line.startsWith('#'));
  for (const line of lines) assert.match(line, known);
  for (const line of lines.filter((text) => text.startsWith('COPY') && !text.includes('--from')))
    for (const source of line.split(/\s+/).slice(1, -1))
      assert.ok(existsSync(join(deploy, '..', source)), line);
  for (const line of lines.filter((text) => text.includes('CMD [')))
    JSON.parse(line.slice(line.indexOf('CMD [') + 4));
  assert.ok(lines.includes('USER node'));
});

test('the containers wait for each other, and their secrets are files', () => {
  const { services, secrets, volumes } = yaml<Compose>('docker/compose.yaml');
  assert.deepEqual(Object.keys(services), ['mariadb', 'redis', 'prepare', 'web', 'worker']);
  for (const [name, service] of Object.entries(services)) {
    for (const needed of Object.keys(service.depends_on ?? {}))
      assert.ok(services[needed], `${name}: ${needed}`);
    for (const secret of service.secrets ?? []) assert.ok(secrets[secret], `${name}: ${secret}`);
    for (const volume of service.volumes ?? [])
      assert.ok(volumes[volume.split(':')[0]!], `${name}: ${volume}`);
  }
  assert.equal(services.web?.depends_on?.prepare?.condition, 'service_completed_successfully');
});

test('AWS keeps the old machines for 48 hours, and every hook is a script of ours', () => {
  const group = JSON.parse(read('aws/blue-green.json'));
  const { terminateBlueInstancesOnDeploymentSuccess: end } = group.blueGreenDeploymentConfiguration;
  assert.deepEqual(end, { action: 'TERMINATE', terminationWaitTimeInMinutes: 2880 });
  const { hooks } = yaml<{ hooks: Record<string, { location: string; timeout: string }[]> }>(
    'aws/appspec.yml',
  );
  assert.deepEqual(Object.keys(hooks).sort(), [
    'AfterBlockTraffic',
    'ApplicationStart',
    'BeforeAllowTraffic',
    'ValidateService',
  ]);
  for (const { location, timeout } of Object.values(hooks).flat()) {
    assert.ok(existsSync(join(deploy, '..', location)), location);
    assert.ok(Number(timeout) > 0);
  }
  const { phases, artifacts } = yaml<{
    phases: Record<string, { commands: string[] }>;
    artifacts: { files: string[] };
  }>('aws/buildspec.yml');
  assert.ok(phases.build!.commands.includes('bin/test'));
  assert.ok(artifacts.files.includes('appspec.yml'));
});

test('what is not YAML as we write it is noticed', () => {
  for (const wrong of [
    'a: 1\na: 2',
    'a:\n\tb: 1',
    'a:\n    b: 1\n  c: 2',
    'a: "open',
    '- a\nb: 1',
    'a: b: c',
  ])
    assert.throws(() => parseYaml(wrong), /line/, wrong);
});
