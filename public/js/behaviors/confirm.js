// On <body>: a submit button with data-confirm="question" asks first. data-confirm-ok names the yes.

/** @param {HTMLElement} body */
export default function confirm(body) {
  let agreed;
  body.addEventListener('click', async (event) => {
    const button = event.target.closest('button[data-confirm]');
    if (!button || button === agreed) return;
    event.preventDefault();
    if (!(await ask(button.dataset.confirm, button.dataset.confirmOk ?? labelOf(button)))) return;
    agreed = button;
    button.click();
    agreed = undefined;
  });
}

function labelOf(button) {
  const copy = button.cloneNode(true);
  for (const hidden of copy.querySelectorAll('.visually-hidden')) hidden.remove();
  return copy.textContent.trim() || '확인';
}

function ask(question, yes) {
  const dialog = document.createElement('dialog');
  dialog.className = 'dialog';
  const text = document.createElement('p');
  text.id = 'dialog-question';
  text.textContent = question;
  dialog.setAttribute('aria-labelledby', text.id);
  const buttons = document.createElement('form');
  buttons.method = 'dialog';
  buttons.className = 'dialog-buttons';
  buttons.append(buttonOf('닫기', '', 'btn-secondary'), buttonOf(yes, 'yes', 'btn-primary'));
  dialog.append(text, buttons);
  document.body.append(dialog);
  dialog.showModal();
  buttons.lastChild.focus();

  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
  });
}

function buttonOf(label, value, look) {
  const button = document.createElement('button');
  button.value = value;
  button.className = `btn ${look}`;
  button.textContent = label;
  return button;
}
