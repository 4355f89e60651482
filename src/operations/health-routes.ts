import { Router } from 'express';
import { allow } from '#accounts';
import { readHealth } from './health.ts';
import { stateNames, stateTones } from './processes.rules.ts';

export const healthRoutes = Router();

healthRoutes.get('/', allow('operations.view'), async (req, res) => {
  res.render('operations/health', {
    health: await readHealth(req.ctx),
    stateNames,
    stateTones,
    at: req.ctx.now(),
  });
});
