// Follows an import while it is read or applied, and loads the page anew when that has finished:
//   <div class="live-progress" data-behavior="progress" data-import-id="7" data-state="reading">
//     <p aria-live="polite" data-progress-text>읽는 중…</p>
//     <progress data-progress-bar max="100"></progress>
//   </div>
// The server pushes over a socket. Every 3 s without one the page itself is fetched: the element with the same
// data-import-id says in data-state how things stand, and in its <progress> how far.

import { openSocket } from '../live_socket.js';

const pollEvery = 3000;

/** @param {HTMLElement} element */
export default async function progress(element) {
  const importId = Number(element.dataset.importId);
  let connected = false;

  setInterval(() => {
    if (!connected && !document.hidden) poll(element).catch(() => {});
  }, pollEvery);

  const socket = await openSocket();
  socket.on('connect', () => {
    connected = true;
    socket.emit('watch', { importId });
    poll(element).catch(() => {}); // it may have finished before we listened
  });
  socket.on('disconnect', () => {
    connected = false;
  });
  socket.on('progress', (report) => report.importId === importId && show(element, report));
  socket.on('finished', (report) => report.importId === importId && location.reload());
}

async function poll(element) {
  const answer = await fetch(location.href, { headers: { accept: 'text/html', 'x-moa-passive': '1' } });
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const twin = page.querySelector(`[data-behavior="progress"][data-import-id="${element.dataset.importId}"]`);
  if (!answer.ok || twin?.dataset.state !== element.dataset.state) return location.reload();
  const bar = twin.querySelector('[data-progress-bar]');
  if (bar?.hasAttribute('value')) show(element, { done: bar.value, total: bar.max, stage: '' });
}

function show(element, { done, total, stage }) {
  const bar = element.querySelector('[data-progress-bar]');
  const text = element.querySelector('[data-progress-text]');
  if (bar && total > 0) {
    bar.max = total;
    bar.value = Math.max(done, bar.hasAttribute('value') && bar.max === total ? bar.value : 0);
  }
  if (text && stage) {
    const count = total > 0 ? ` ${done.toLocaleString('ko-KR')} / ${total.toLocaleString('ko-KR')}` : '';
    text.textContent = `${stage}${count}`;
  }
}
