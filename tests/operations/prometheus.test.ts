import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { systemActor } from '#lib/ctx.ts';
import { measureDb } from '#lib/db-metrics.ts';
import { createMetrics, measureProcess } from '#lib/metrics.ts';
import { measureRuns } from '../../src/operations/measures/runs.ts';
import { measureShared } from '../../src/operations/measures.ts';
import { openOffice } from '../support/office.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const filesOf = (pattern: string) => globSync(pattern, { cwd: root }).sort();
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const ruleFiles = filesOf('deploy/prometheus/rules/*.yml');
const testFiles = filesOf('deploy/prometheus/tests/*.yml');
const dashboards = filesOf('deploy/grafana/dashboards/*.json');

const promtool = ['/usr/bin/promtool', '/usr/local/bin/promtool', '/opt/homebrew/bin/promtool'].find(
  existsSync,
);
const skip = promtool ? false : 'promtool is not installed: apt-get install prometheus';

function run(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(promtool!, args, { cwd: root, encoding: 'utf8' });
  assert.equal(status, 0, `${stdout}\n${stderr}`);
  return stdout;
}

test('Prometheus takes the rules and the configuration', { skip }, () => {
  assert.ok(ruleFiles.length >= 3);
  run('check', 'rules', '--lint=all', '--lint-fatal', ...ruleFiles);
  run('check', 'config', '--syntax-only', 'deploy/prometheus/prometheus.yml');
});

test('each alert stands when it should, and no other', { skip }, () => {
  run('test', 'rules', ...testFiles);
  const wrong = read(testFiles[0]!).replace('exp_samples: []', 'exp_samples: [{ labels: "{}", value: 1 }]');
  assert.notEqual(wrong, read(testFiles[0]!));
});

const alerts = ruleFiles.flatMap((file) => [
  ...read(file).matchAll(/- alert: (\w+)[\s\S]*?(?=\n {6}- alert|$)/g),
]);

test('each alert has a test, a sentence in Korean, and a runbook that is there', () => {
  assert.ok(alerts.length > 30, `${alerts.length}`);
  const tested = testFiles.map(read).join('\n');
  for (const [text, name] of alerts) {
    assert.ok(tested.includes(`alertname="${name}"`), `${name} has no test`);
    assert.match(text, /summary: .*[가-힣]/, name);
    assert.match(text, /severity: (critical|warning)/, name);
    const runbook = /runbook: (\S+)/.exec(text)?.[1];
    assert.ok(runbook && existsSync(join(root, runbook)), `${name}: ${runbook}`);
  }
});

test('every number that rules and dashboards ask for is served, and every number that is served is asked for', async () => {
  await using office = await openOffice();
  const metrics = createMetrics();
  measureProcess(metrics);
  measureDb(office.runtime.db, metrics, office.runtime.log);
  measureShared(office.runtime.ctxFor(systemActor), metrics);
  const served = new Map<string, string>([
    ['moa_process_info', 'gauge'],
    ['up', 'gauge'],
  ]);
  for (const { name, type } of await metrics.registry.getMetricsAsJSON()) served.set(name, String(type));
  metrics.registry.clear();

  const texts = [...ruleFiles, ...dashboards].map(read);
  const asked = new Set(
    texts.flatMap((text) =>
      [...text.matchAll(/\b(?:moa|process|nodejs)_[a-z0-9_]+\b/g)].map(([name]) => name),
    ),
  );
  const known = (name: string) =>
    served.has(name) || served.get(name.replace(/_(bucket|count|sum)$/, '')) === 'histogram';
  assert.deepEqual(
    [...asked].filter((name) => !known(name)),
    [],
  );
  const shown = new Set(
    [...asked].map((name) => (served.has(name) ? name : name.replace(/_(bucket|count|sum)$/, ''))),
  );
  const unseen = [...served.keys()].filter((name) => name.startsWith('moa_') && !shown.has(name));
  assert.deepEqual(unseen, []);
});

test('a back-up that has never been made is as late as can be, where back-ups are wanted', async () => {
  const { registry } = createMetrics();
  const tell = measureRuns(registry);
  const none = { fullBackup: undefined, logBackup: undefined, failedBackup: undefined, hosts: [] };
  const told = async (backups: boolean) => {
    tell({ ...none, drill: undefined, check: undefined }, { backups });
    return [
      ...(await registry.metrics()).matchAll(/^moa_last_success_timestamp_seconds\{what="(\w+)"\} 0$/gm),
    ];
  };
  const names = (await told(true)).map(([, what]) => what);
  assert.deepEqual(names, ['full_backup', 'log_backup', 'restore_drill']);
  assert.deepEqual(await told(false), []);
});

test('dashboards are whole: every panel has a title and a place, and asks something', () => {
  for (const file of dashboards) {
    const { title, panels, uid } = JSON.parse(read(file));
    assert.match(title, /^모아: /);
    assert.equal(new Set(panels.map(({ id }: { id: number }) => id)).size, panels.length, uid);
    for (const panel of panels) {
      assert.ok(panel.title && panel.gridPos.w <= 24 && panel.targets.length > 0, `${uid} ${panel.id}`);
      for (const { expr } of panel.targets) assert.ok(expr.length > 0);
    }
  }
});
