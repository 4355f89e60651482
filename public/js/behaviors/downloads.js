// Follows the files that are being made: on the frame of a table whose busy rows are
//   <tr data-download-id="7" data-state="making"> with <progress data-progress-bar> and <span data-progress-text>.
// The server pushes over a socket; every 3 s the page itself is fetched, and loaded anew when a row stands otherwise.

import { openSocket } from '../live_socket.js';

const pollEvery = 3000;

/** @param {HTMLElement} frame */
export default async function downloads(frame) {
  const rows = new Map(
    [...frame.querySelectorAll('[data-download-id]')].map((row) => [Number(row.dataset.downloadId), row]),
  );
  if (rows.size === 0) return;
  setInterval(() => {
    if (!document.hidden) poll(rows).catch(() => {});
  }, pollEvery);

  const socket = await openSocket();
  socket.on('connect', () => {
    for (const downloadId of rows.keys()) socket.emit('watch', { downloadId });
    poll(rows).catch(() => {}); // one may have finished before we listened
  });
  socket.on('progress', ({ downloadId, done, total }) => show(rows.get(downloadId), done, total));
  socket.on('finished', ({ downloadId }) => rows.has(downloadId) && poll(rows).catch(() => {}));
}

async function poll(rows) {
  const answer = await fetch(location.href, { headers: { accept: 'text/html', 'x-moa-passive': '1' } });
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  for (const [id, row] of rows) {
    const twin = page.querySelector(`[data-download-id="${id}"]`);
    if (!answer.ok || twin?.dataset.state !== row.dataset.state) return location.reload();
    const bar = twin.querySelector('[data-progress-bar]');
    if (bar) show(row, bar.value, bar.max);
  }
}

function show(row, done, total) {
  const bar = row?.querySelector('[data-progress-bar]');
  if (!bar || !(total > 0)) return;
  bar.max = total;
  bar.value = Math.max(done, bar.value);
  row.querySelector('[data-progress-text]').textContent = `${bar.value.toLocaleString('ko-KR')}행`;
}
