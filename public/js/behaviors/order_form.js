// <form data-behavior="order_form">: an order form filled in by keyboard. Enter goes to the next field, F2 adds a line,
// F4 removes the one at hand, F8 takes all as paid, F9 saves. Amounts are summed up while they are typed; products
// and options are picked from lists; what was typed outlives the session in this tab.

import { keepDraft } from '../drafts.js';
import { startPicker } from '../picker.js';
import { startRegionHint } from '../region_hint.js';

const promisedDays = 31;

/** @param {HTMLFormElement} form */
export default function orderForm(form) {
  const lines = form.querySelector('[data-lines]');
  const template = form.querySelector('[data-line-template]');
  const said = form.querySelector('[data-said]');
  const field = (name) => form.elements.namedItem(name);

  const rows = () => [...lines.querySelectorAll('tr[data-line]')];
  const productOf = (row) => row.querySelector('[data-picker="product"]');
  const isBlank = (row) =>
    [...row.querySelectorAll('input')].every((input) => input.value === '' || 'count' in input.dataset);

  const addLine = () => {
    const next = Math.max(-1, ...rows().map((row) => Number(row.dataset.line))) + 1;
    const holder = document.createElement('tbody');
    holder.innerHTML = template.innerHTML.replaceAll('ROW', String(next));
    const row = holder.firstElementChild;
    lines.append(row);
    return row;
  };
  const addLineHere = () => {
    const blank = rows().find(isBlank);
    const row = blank ?? addLine();
    productOf(row).focus();
    say(`${rows().indexOf(row) + 1}번째 줄을 더했습니다.`);
  };
  const removeLine = (row) => {
    const at = rows().indexOf(row);
    row.remove();
    if (rows().length === 0) addLine();
    productOf(rows()[Math.min(at, rows().length - 1)]).focus();
    say(`${at + 1}번째 줄을 지웠습니다.`);
    form.dispatchEvent(new Event('input', { bubbles: true }));
  };
  const say = (words) => {
    if (said) said.textContent = words;
  };

  if (template) {
    for (const row of lines.querySelectorAll('[data-spare]')) row.remove();
    if (rows().length === 0) addLine();
  }
  const sums = () => sumUp(form, rows());

  form.addEventListener('input', sums);
  form.addEventListener('focusout', ({ target }) => {
    if ('won' in target.dataset) target.value = withCommas(target.value);
    if ('phone' in target.dataset) target.value = withHyphens(target.value);
  });
  form.addEventListener('click', ({ target }) => {
    const button = target.closest('button');
    if (!button) return;
    if ('addLine' in button.dataset) addLineHere();
    if ('removeLine' in button.dataset) removeLine(button.closest('tr'));
    if ('payAll' in button.dataset) payAll();
  });

  const payAll = () => {
    const paid = field('paid_amount');
    paid.value = withCommas(String(sums().total));
    paid.focus();
    form.dispatchEvent(new Event('input', { bubbles: true }));
  };

  form.addEventListener('keydown', (event) => {
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
    const row = event.target.closest('tr[data-line]');
    const act = {
      F2: template && addLineHere,
      F4: template && row && (() => removeLine(row)),
      F8: payAll,
      F9: () => form.requestSubmit(form.querySelector('[data-save]')),
    }[event.key];
    if (act) {
      event.preventDefault();
      act();
    } else if (event.key === 'Enter' && event.target.matches('input, select')) {
      event.preventDefault();
      if (event.ctrlKey || event.metaKey) form.requestSubmit(form.querySelector('[data-save]'));
      else goOn(event.target, row);
    }
  });

  /** An empty product says that there are no more; the end of the last line begins another. */
  const goOn = (from, row) => {
    const isLast = row && row === rows().at(-1);
    if (row && template && from === productOf(row) && isBlank(row) && rows().length > 1) {
      field('payment_method').focus();
    } else if (isLast && template && from === row.querySelector('[name$="-discount"]')) {
      productOf(addLine()).focus();
    } else {
      const stops = [...form.querySelectorAll('input, select, textarea, [data-save]')].filter(canStop);
      stops[stops.indexOf(from) + 1]?.focus();
    }
    if (document.activeElement.select && document.activeElement.type === 'text')
      document.activeElement.select();
  };

  let promisedByHand = false;
  field('promised_on').addEventListener('input', () => {
    promisedByHand = true;
  });
  field('ordered_on').addEventListener('input', ({ target }) => {
    if (promisedByHand || target.readOnly || !target.value) return;
    field('promised_on').value = daysAfter(target.value, promisedDays);
  });

  startPicker(form);
  startRegionHint(form);
  if (form.dataset.draft) {
    void keepDraft(form, {
      makeRoom: (names) => {
        for (const name of names) {
          const [, row] = /^line-(\d+)-product$/.exec(name) ?? [];
          while (row && !form.querySelector(`tr[data-line="${row}"]`)) {
            const last = addLine();
            if (Number(last.dataset.line) >= Number(row)) break;
          }
        }
      },
      filled: () => {
        for (const row of rows().filter((one) => isBlank(one) && rows().length > 1)) row.remove();
        form.dispatchEvent(new Event('input', { bubbles: true }));
        form.querySelector('#field-buyer_name')?.focus();
      },
    });
  }
  sums();
  form.querySelector('[aria-invalid="true"]')?.focus();
}

function canStop(element) {
  if (element.type === 'hidden' || element.disabled || element.readOnly || !element.checkVisibility())
    return false;
  return element.type !== 'radio' || element.checked;
}

function sumUp(form, rows) {
  const priced = rows.map((row) => {
    const number = (name) => numberIn(row.querySelector(`[name$="-${name}"]`).value);
    const line = {
      quantity: number('quantity'),
      price: number('quantity') * number('price'),
      discount: number('discount'),
    };
    const blank = row.querySelector('[name$="-price"]').value === '' && line.discount === 0;
    row.querySelector('[data-amount]').textContent = blank
      ? ''
      : withCommas(String(line.price - line.discount));
    return { ...line, blank: blank && row.querySelector('[data-picker]').value === '' };
  });
  const wanted = priced.filter((line) => !line.blank);
  const others = [...form.querySelectorAll('[data-other-line]')].reduce(
    (sum, line) => sum + Number(line.dataset.otherLine),
    0,
  );
  const total = (name) => wanted.reduce((sum, line) => sum + line[name], 0);
  const sums = { quantity: total('quantity'), price: total('price') + others, discount: total('discount') };
  sums.total = sums.price - sums.discount;
  sums.balance = sums.total - numberIn(form.elements.namedItem('paid_amount').value);
  for (const output of form.querySelectorAll('[data-sum]'))
    output.textContent = withCommas(String(sums[output.dataset.sum]));
  form.querySelector('.sum-balance').classList.toggle('is-owed', sums.balance > 0);
  form.querySelector('.sum-balance').classList.toggle('is-over', sums.balance < 0);
  return sums;
}

function numberIn(text) {
  const digits = text.normalize('NFKC').replace(/[,\s]|원$/g, '');
  return /^\d{1,10}$/.test(digits) ? Number(digits) : 0;
}

/** What is no amount stays as it was typed: the answer will say so beside it. */
function withCommas(text) {
  const digits = text.normalize('NFKC').replace(/[,\s]|원$/g, '');
  return /^-?\d+$/.test(digits) ? Number(digits).toLocaleString('ko-KR') : text;
}

function withHyphens(text) {
  const digits = text.normalize('NFKC').replace(/\D/g, '');
  if (/^02\d{7,8}$/.test(digits)) return `02-${digits.slice(2, -4)}-${digits.slice(-4)}`;
  if (/^050\d{9}$/.test(digits)) return `${digits.slice(0, 4)}-${digits.slice(4, 8)}-${digits.slice(8)}`;
  if (/^0\d{9,10}$/.test(digits)) return `${digits.slice(0, 3)}-${digits.slice(3, -4)}-${digits.slice(-4)}`;
  return text;
}

function daysAfter(day, days) {
  const [year, month, date] = day.split('-').map(Number);
  const then = new Date(Date.UTC(year, month - 1, date + days));
  return Number.isNaN(then.getTime()) ? '' : then.toISOString().slice(0, 10);
}
