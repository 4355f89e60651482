import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Router } from 'express';
import { openOffice } from '../support/office.ts';

test('an answer that breaks off ends: half of it does not look whole, and nobody waits for the rest', {
  timeout: 20_000,
}, async () => {
  const router = Router().get('/', (_req, res) => {
    res.write('half');
    throw new Error('on the way');
  });
  await using office = await openOffice({
    modules: [{ name: 'half', permissions: [], routes: [{ path: '/half', router }] }],
  });
  await assert.rejects(office.stranger().get('/half'), /aborted/);
});
