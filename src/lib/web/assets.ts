import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import express, { Router } from 'express';

const publicDirectory = fileURLToPath(new URL('../../../public', import.meta.url));

/** Of each package only the folder that browsers need. */
const vendors: Record<string, string> = {
  bootstrap: 'dist',
  pretendard: 'dist/web/variable',
  'socket.io-client': 'dist',
};

const vendorFolders = Object.entries(vendors).map(([name, folder]) => {
  const manifest = join(publicDirectory, '..', 'node_modules', name, 'package.json');
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  return { name, version, directory: join(dirname(manifest), folder) };
});

/** One version for all our own files, so that modules find each other by relative paths. */
const assetVersion = hashOf(publicDirectory);
const vendorVersion = vendorFolders.map(({ version }) => version.replaceAll('.', '')).join('-');

/** The address of a file in public/, like 'css/moa.css'. */
export function assetUrl(path: string): string {
  return `/assets/${assetVersion}/${path}`;
}

/** The address of a package's file, like 'bootstrap/css/bootstrap.min.css'. */
export function vendorUrl(path: string): string {
  return `/vendor/${vendorVersion}/${path}`;
}

/**
 * What `assets` serves, for a proxy that serves it as well: below an address with a version, the files never change.
 * Pages of the release before ask for its own.
 */
export function publishedFolders(): { address: string; directory: string }[] {
  return [
    { address: assetUrl(''), directory: publicDirectory },
    ...vendorFolders.map(({ name, directory }) => ({ address: vendorUrl(name), directory })),
  ];
}

/** Addresses hold a version, so browsers may keep files for ever; another version is answered, but not kept. */
export function assets(): Router {
  const router = Router();
  router.use('/assets/:version', cacheFor(assetVersion), express.static(publicDirectory, options));
  for (const { name, directory } of vendorFolders) {
    router.use(`/vendor/:version/${name}`, cacheFor(vendorVersion), express.static(directory, options));
  }
  return router;
}

const options = { index: false, cacheControl: false, redirect: false } as const;

function cacheFor(version: string): express.RequestHandler {
  return (req, res, next) => {
    const current = req.params.version === version;
    res.set('Cache-Control', current ? 'public, max-age=31536000, immutable' : 'no-cache');
    next();
  };
}

function hashOf(directory: string): string {
  const hash = createHash('sha256');
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((file) =>
    file.isFile(),
  );
  for (const path of files.map((file) => join(file.parentPath, file.name)).sort()) {
    hash.update(path.slice(directory.length)).update(readFileSync(path));
  }
  return hash.digest('hex').slice(0, 12);
}
