import { Router } from 'express';
import { allow } from '#accounts';

export const healthRoutes = Router();

healthRoutes.get('/', allow('operations.view'), (_req, res) => {
  res.render('operations/health', {});
});
