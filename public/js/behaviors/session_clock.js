// On <body data-left-ms data-warning-ms>: says some minutes before the session ends that it will, and afterwards that it
// has. The server knows how long it still lasts, so what is done in one tab counts in all. Somebody who types or clicks
// is there, and keeps the session; a page that only stands open does not.

import { unsavedForm } from '../unsaved_form.js';

const passive = { accept: 'application/json', 'x-moa-passive': '1' };

/** @param {HTMLElement} body */
export default function sessionClock(body) {
  const warningMs = Number(body.dataset.warningMs);
  const tabs = new BroadcastChannel('moa-session');
  let endsAt = Date.now() + Number(body.dataset.leftMs);
  let lastActAt = Date.now();
  let timer;
  let shown;

  const noteAct = ({ isTrusted }) => {
    if (isTrusted && !shown) lastActAt = Date.now();
  };
  for (const kind of ['keydown', 'pointerdown']) body.addEventListener(kind, noteAct, true);
  tabs.addEventListener('message', ({ data }) => goOn(data.leftMs));
  // A computer that slept, and a page that comes back from the history, find out first where things stand.
  document.addEventListener('visibilitychange', () => !document.hidden && wakeAt(0));
  wakeAt(endsAt - Date.now() - warningMs);

  function wakeAt(ms) {
    clearTimeout(timer);
    timer = setTimeout(() => void look(), Math.max(0, Math.min(ms, 2 ** 31 - 1)));
  }

  async function look() {
    const state = await ask();
    if (state === 'unknown') return wakeAt(15_000);
    if (state === 'ended' || String(state.personId) !== body.dataset.person) return tellEnded();
    endsAt = Date.now() + state.leftMs;
    if (state.leftMs > warningMs + 1000) return goOn(state.leftMs);
    if (state.canGoOn && Date.now() - lastActAt < warningMs) return keep();
    warn(state.canGoOn);
  }

  function goOn(leftMs) {
    endsAt = Date.now() + leftMs;
    shown?.close();
    shown = undefined;
    wakeAt(leftMs - warningMs);
  }

  async function keep() {
    const answer = await fetch('/session/keep', {
      method: 'POST',
      headers: { accept: 'application/json', 'x-csrf-token': body.querySelector('[name="_csrf"]').value },
    }).catch(() => undefined);
    if (!answer?.ok) return look();
    const { leftMs } = await answer.json();
    tabs.postMessage({ leftMs });
    lastActAt = Date.now();
    goOn(leftMs);
  }

  function warn(canGoOn) {
    if (shown?.kind === 'warning') return;
    shown?.close();
    shown = openDialog('warning', '곧 로그아웃됩니다', (dialog) => {
      const left = dialog.text('');
      dialog.text(
        canGoOn
          ? '한동안 쓰지 않았습니다. 계속 쓰려면 아래 단추를 누르세요.'
          : '로그인한 지 오래되어 다시 로그인해야 합니다. 적던 내용을 먼저 저장해 주세요.',
      );
      dialog.button('로그아웃', 'btn-secondary', () =>
        body.querySelector('form[action="/sign-out"]').submit(),
      );
      if (canGoOn) dialog.button('계속 쓰기', 'btn-primary', keep);
      else dialog.button('닫기', 'btn-primary', () => dialog.hide());
      const tick = () => {
        const seconds = Math.max(0, Math.ceil((endsAt - Date.now()) / 1000));
        left.textContent = `${Math.floor(seconds / 60)}분 ${String(seconds % 60).padStart(2, '0')}초 뒤에 로그아웃됩니다.`;
        if (seconds === 0) {
          clearInterval(ticking);
          wakeAt(500);
        }
      };
      const ticking = setInterval(tick, 1000);
      tick();
      dialog.onClose(() => clearInterval(ticking));
      dialog.onEscape(canGoOn ? keep : () => dialog.hide());
    });
    wakeAt(endsAt - Date.now() + 500);
  }

  function tellEnded() {
    if (shown?.kind === 'ended') return;
    shown?.close();
    clearTimeout(timer);
    shown = openDialog('ended', '로그인이 끝났습니다', (dialog) => {
      dialog.text('다시 로그인하면 이 화면으로 돌아옵니다. 적던 내용도 함께 돌아옵니다.');
      dialog.button('다시 로그인', 'btn-primary', async () => {
        await keepUnsaved();
        location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
      });
    });
  }
}

/** The session, 'ended', or 'unknown' when nobody answers. */
async function ask() {
  try {
    const answer = await fetch('/session', { headers: passive });
    if (answer.status === 401) return 'ended';
    return answer.ok ? await answer.json() : 'unknown';
  } catch {
    return 'unknown';
  }
}

/** What stands in a form and was not sent goes to the server, which gives it back to this person alone. */
async function keepUnsaved() {
  const form = unsavedForm();
  if (!form) return;
  const fields = new URLSearchParams(
    [...new FormData(form)].filter(([, value]) => typeof value === 'string'),
  );
  fields.set('_late_action', form.getAttribute('action') ?? location.pathname);
  await fetch('/session/late-form', { method: 'POST', body: fields }).catch(() => undefined);
}

function openDialog(kind, title, fill) {
  const dialog = document.createElement('dialog');
  dialog.className = 'dialog';
  dialog.dataset.session = kind;
  const heading = document.createElement('h2');
  heading.id = 'session-dialog-title';
  heading.className = 'dialog-title';
  heading.textContent = title;
  dialog.setAttribute('aria-labelledby', heading.id);
  const buttons = document.createElement('div');
  buttons.className = 'dialog-buttons';
  dialog.append(heading, buttons);
  dialog.addEventListener('cancel', (event) => event.preventDefault());
  const parts = {
    text(words) {
      const line = document.createElement('p');
      line.textContent = words;
      buttons.before(line);
      return line;
    },
    button(label, look, act) {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = `btn ${look}`;
      button.textContent = label;
      button.addEventListener('click', () => void act());
      buttons.append(button);
    },
    hide: () => dialog.close(),
    onClose: (act) => dialog.addEventListener('close', act),
    onEscape: (act) => dialog.addEventListener('cancel', () => void act()),
  };
  fill(parts);
  document.body.append(dialog);
  dialog.showModal();
  buttons.lastElementChild.focus();
  return {
    kind,
    close() {
      dialog.close();
      dialog.remove();
    },
  };
}
