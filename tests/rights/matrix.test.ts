import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import express from 'express';
import { allow, anySignIn, permissionsByRole, permissionsOf } from '#accounts';
import { roles } from '#lib/module.ts';
import { type ListedRoute, listRoutes } from '#lib/web/route-table.ts';
import { createApp } from '../../src/app.ts';
import { modules } from '../../src/modules.ts';
import { opens, publicRoutes, rightsInMarkdown, routesOfModules } from '../../src/rights.ts';
import type { Client } from '../support/client.ts';
import { type Office, openOffice } from '../support/office.ts';

let office: Office;
let routes: ListedRoute[];
before(async () => {
  office = await openOffice();
  routes = listRoutes(createApp(office.runtime, modules).app);
});
after(() => office[Symbol.asyncDispose]());

const named = ({ method, path }: ListedRoute) => `${method} ${path}`;

test('every route asks for a permission or a sign-in, but for the few that are for everybody', () => {
  const open = routes.filter(({ guards }) => guards.length === 0).map(named);
  assert.deepEqual(open.toSorted(), [...publicRoutes].sort());
  assert.ok(routes.length > 100, `${routes.length}`);
});

test('every permission that is asked for is declared, with a name and under a title', () => {
  const declared = new Set(permissionsOf(modules).map(({ code }) => code));
  const asked = new Set(routes.flatMap(({ guards }) => guards).filter((guard) => guard !== anySignIn));
  assert.deepEqual(
    [...asked].filter((code) => !declared.has(code)),
    [],
  );
  const untitled = modules.filter(({ permissions, title }) => permissions.length > 0 && !title);
  assert.deepEqual(
    untitled.map(({ name }) => name),
    [],
  );
  assert.deepEqual(
    permissionsOf(modules).filter(({ name }) => !/[가-힣]/.test(name)),
    [],
  );
});

test('a route that forgets to ask, and one that another router guards, are told apart', () => {
  const app = express();
  const [inner, guarded, late] = [express.Router(), express.Router(), express.Router()];
  inner.get('/forgotten', (_req, res) => void res.end());
  inner.post('/:id/asked', allow('a.b'), (_req, res) => void res.end());
  guarded.use(allow('c.d'));
  late.get('/late', (_req, res) => void res.end());
  guarded.use('/deep', late);
  app.use('/x', inner);
  app.use('/y', guarded);
  app.use('/y', late);
  assert.deepEqual(
    listRoutes(app).map((route) => [named(route), route.guards]),
    [
      ['GET /x/forgotten', []],
      ['POST /x/:id/asked', ['a.b']],
      ['GET /y/deep/late', ['c.d']],
      ['GET /y/late', ['c.d']],
    ],
  );
});

test('the table in docs/rights.md is what the modules declare', () => {
  const kept = readFileSync(new URL('../../docs/rights.md', import.meta.url), 'utf8');
  const hint = 'run bin/moa rights --defaults > docs/rights.md';
  assert.equal(kept, rightsInMarkdown(modules), hint);
  const bare = routesOfModules(modules).map(named);
  const own = ['GET /healthz', 'GET /readyz', 'GET /'];
  assert.deepEqual([...own, ...bare], routes.map(named), 'the application has routes that no module brings');
});

/** An address nothing stands on, so that whoever may use the route finds nothing there. */
function addressOf({ path }: ListedRoute): string {
  return path.replaceAll(':id', '999999999').replace(/:\w+/g, 'nothing');
}

// ends the session that asks
const leavesOut = (route: ListedRoute) => publicRoutes.includes(named(route));

async function answers(client: Client): Promise<Map<string, { status: number; location: string }>> {
  const found = new Map<string, { status: number; location: string }>();
  for (const route of routes.filter((one) => !leavesOut(one))) {
    const address = addressOf(route);
    const { status, location } =
      route.method === 'GET' ? await client.get(address) : await client.post(address);
    found.set(named(route), { status, location });
  }
  return found;
}

const toSignIn = /^\/sign-in(\?|$)/;

for (const role of roles) {
  test(`the role ${role} gets exactly what its permissions open`, async () => {
    const granted = permissionsByRole(modules)[role];
    const found = await answers(await office.as(role));
    for (const route of routes.filter((one) => !leavesOut(one))) {
      const { status, location } = found.get(named(route))!;
      const told = `${named(route)} answered ${status} ${location}`;
      assert.ok(status < 500, told);
      if (opens(route, granted)) {
        assert.ok(status !== 403 && status !== 401 && !toSignIn.test(location), told);
        if (route.method === 'GET' && route.path.includes('/:id')) assert.equal(status, 404, told);
      } else {
        assert.equal(status, 403, told);
      }
    }
  });
}

test('a stranger is sent to sign in, whatever the route', async () => {
  const found = await answers(office.stranger());
  for (const [route, { status, location }] of found) {
    assert.equal(status, 303, `${route} answered ${status}`);
    assert.match(location, toSignIn, route);
  }
});
