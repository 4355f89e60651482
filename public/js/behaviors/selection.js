// <form data-behavior="selection"> around a list whose rows can be chosen:
//   <input type="checkbox" data-select-all>              in the heading, all rows of the page
//   <input type="checkbox" name="ids" value="7" data-select-row>   in each row; shift chooses a range
//   shared/_selection_bar                                 shows while rows are chosen; Esc lets go

/** @param {HTMLFormElement} form */
export default function selection(form) {
  const rows = [...form.querySelectorAll('[data-select-row]')];
  const all = form.querySelector('[data-select-all]');
  const bar = form.querySelector('[data-selection-bar]');
  const count = bar?.querySelector('[data-selection-count]');
  let last;

  const show = () => {
    const chosen = rows.filter((row) => row.checked);
    for (const row of rows) row.closest('tr')?.classList.toggle('is-selected', row.checked);
    if (all) {
      all.checked = rows.length > 0 && chosen.length === rows.length;
      all.indeterminate = chosen.length > 0 && chosen.length < rows.length;
    }
    bar?.classList.toggle('is-on', chosen.length > 0);
    if (count) count.textContent = chosen.length.toLocaleString('ko-KR');
  };
  const choose = (which, checked) => {
    for (const row of which) row.checked = checked;
    show();
  };

  form.addEventListener('click', ({ target, shiftKey }) => {
    const index = rows.indexOf(target);
    if (index < 0) return;
    if (shiftKey && last !== undefined) {
      choose(rows.slice(Math.min(index, last), Math.max(index, last) + 1), target.checked);
    }
    last = index;
  });
  form.addEventListener('change', ({ target }) => (target === all ? choose(rows, all.checked) : show()));
  bar?.querySelector('[data-selection-clear]')?.addEventListener('click', () => choose(rows, false));
  document.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape' && !document.querySelector('dialog[open]')) choose(rows, false);
  });
  addEventListener('pageshow', show);
  show();
}
