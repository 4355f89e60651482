// <form data-behavior="column_order"> around a list of columns to choose and to put in order. Inside it:
//   <ol data-choices><li data-column> <span data-grip hidden> <input type="checkbox" data-personal>
//     <span data-moves hidden><button data-move="-1"><button data-move="1"></span></li></ol>
//   <b data-chosen-count>, <p aria-live="polite" data-move-told>, <button data-choose="all|public" hidden>
//   <div data-reason> is asked for while a column with data-personal is chosen.

/** @param {HTMLFormElement} form */
export default function columnOrder(form) {
  const choices = form.querySelector('[data-choices]');
  const reason = form.querySelector('[data-reason]');
  for (const hidden of form.querySelectorAll('[data-grip], [data-moves], [data-choose]'))
    hidden.hidden = false;

  const boxes = () => [...choices.querySelectorAll('input[type="checkbox"]')];
  const show = () => {
    const chosen = boxes().filter((box) => box.checked);
    form.querySelector('[data-chosen-count]').textContent = chosen.length;
    const needed = chosen.some((box) => box.hasAttribute('data-personal'));
    reason.hidden = !needed;
    reason.querySelector('textarea').required = needed;
  };
  choices.addEventListener('change', show);
  addEventListener('pageshow', show); // the browser may have filled the boxes in again
  show();

  form.addEventListener('click', ({ target }) => {
    const which = target.closest('[data-choose]')?.dataset.choose;
    if (which) {
      for (const box of boxes()) {
        if (which === 'all') box.checked = true;
        else if (box.hasAttribute('data-personal')) box.checked = false;
      }
      return show();
    }
    const button = target.closest('[data-move]');
    if (button) move(form, button.closest('[data-column]'), Number(button.dataset.move), button);
  });
  allowDragging(choices);
}

function move(form, column, by, button) {
  const neighbour = by < 0 ? column.previousElementSibling : column.nextElementSibling;
  if (!neighbour) return;
  if (by < 0) neighbour.before(column);
  else neighbour.after(column);
  button.focus();
  tell(form, column);
}

function tell(form, column) {
  const place = [...column.parentElement.children].indexOf(column) + 1;
  const name = column.querySelector('.choice-title').textContent.trim();
  form.querySelector('[data-move-told]').textContent = `${name} ${place}번째`;
}

function allowDragging(choices) {
  let dragged;
  for (const grip of choices.querySelectorAll('[data-grip]')) grip.parentElement.draggable = true;
  choices.addEventListener('dragstart', (event) => {
    dragged = event.target.closest('[data-column]');
    dragged.classList.add('is-dragged');
    event.dataTransfer.effectAllowed = 'move';
  });
  choices.addEventListener('dragover', (event) => {
    const over = event.target.closest('[data-column]');
    if (!dragged || !over) return;
    event.preventDefault();
    const { top, height } = over.getBoundingClientRect();
    if (over === dragged) return;
    if (event.clientY < top + height / 2) over.before(dragged);
    else over.after(dragged);
  });
  choices.addEventListener('drop', (event) => event.preventDefault());
  choices.addEventListener('dragend', () => {
    dragged?.classList.remove('is-dragged');
    if (dragged) tell(choices.closest('form'), dragged);
    dragged = undefined;
  });
}
