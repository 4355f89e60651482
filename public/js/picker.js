// Fields with data-picker="product" or "option" offer names while one types: arrow keys choose, Enter takes, Escape
// closes. A name that nobody has is taken as it is typed and marked as new. Works for lines that are added later.

import { askJson } from './ask.js';

const typingPause = 90;

/** @param {HTMLFormElement} form */
export function startPicker(form) {
  const pickers = new WeakMap();
  const pickerOf = (input) => {
    if (!pickers.has(input)) pickers.set(input, new Picker(input));
    return pickers.get(input);
  };
  const isPicker = (element) => element.matches?.('[data-picker]:not([readonly])');

  form.addEventListener('focusin', ({ target }) => isPicker(target) && pickerOf(target).entered());
  form.addEventListener('focusout', ({ target }) => isPicker(target) && pickerOf(target).left());
  form.addEventListener('input', ({ target }) => isPicker(target) && pickerOf(target).typed());
  // before the form hears of the key: what is meant for an open list is not meant for the form
  form.addEventListener(
    'keydown',
    (event) => isPicker(event.target) && pickerOf(event.target).pressed(event),
    { capture: true },
  );
}

let serial = 0;

class Picker {
  constructor(input) {
    this.input = input;
    this.kind = input.dataset.picker;
    this.list = document.createElement('ul');
    this.list.className = 'picker-list';
    this.list.id = `picker-${++serial}`;
    this.list.setAttribute('role', 'listbox');
    this.list.setAttribute('aria-label', input.getAttribute('aria-label'));
    this.list.hidden = true;
    this.list.addEventListener('mousedown', (event) => this.clicked(event));
    input.parentElement.append(this.list);
    input.setAttribute('role', 'combobox');
    input.setAttribute('aria-autocomplete', 'list');
    input.setAttribute('aria-controls', this.list.id);
    input.setAttribute('aria-expanded', 'false');
    this.found = [];
    this.active = -1;
  }

  get row() {
    return this.input.closest('tr');
  }

  entered() {
    if (this.kind === 'option' && this.input.value === '' && this.productName() !== '') this.search(0);
  }

  typed() {
    this.chosen = undefined;
    this.input.classList.remove('is-new-name');
    this.search(typingPause);
  }

  productName() {
    return this.row.querySelector('[data-picker="product"]').value.trim();
  }

  search(pause) {
    clearTimeout(this.timer);
    this.pending = new Promise((done) => {
      this.timer = setTimeout(async () => {
        await this.ask();
        done();
      }, pause);
    });
  }

  async ask() {
    const text = this.input.value;
    const address =
      this.kind === 'product'
        ? `/orders/new/products?q=${encodeURIComponent(text)}`
        : `/orders/new/options?product=${encodeURIComponent(this.productName())}&q=${encodeURIComponent(text)}`;
    const found = await askJson(address);
    if (!found || text !== this.input.value) return;
    this.found = found;
    this.pending = undefined;
    if (document.activeElement === this.input) this.show();
  }

  show() {
    const text = this.input.value.trim();
    const isKnown = this.found.some(({ name }) => same(name, text));
    const items = this.found.map(({ name, price }) =>
      this.item(name, price ? `${price.toLocaleString('ko-KR')}원` : ''),
    );
    if (text !== '' && !isKnown) items.push(this.newItem(text));
    this.list.replaceChildren(...items);
    this.list.hidden = items.length === 0;
    this.input.setAttribute('aria-expanded', String(items.length > 0));
    this.activate(text === '' ? -1 : 0);
  }

  item(name, note) {
    const item = document.createElement('li');
    item.id = `${this.list.id}-${this.list.childElementCount}-${Math.random().toString(36).slice(2, 8)}`;
    item.setAttribute('role', 'option');
    item.setAttribute('aria-selected', 'false');
    item.dataset.name = name;
    const words = document.createElement('span');
    words.textContent = name;
    item.append(words);
    if (note) {
      const aside = document.createElement('small');
      aside.textContent = note;
      item.append(aside);
    }
    return item;
  }

  newItem(text) {
    const item = this.item(text, this.kind === 'product' ? '새 상품으로 적기' : '새 옵션으로 적기');
    item.classList.add('is-new');
    return item;
  }

  activate(at) {
    const items = [...this.list.children];
    this.active = items.length === 0 ? -1 : at;
    for (const [n, item] of items.entries()) item.setAttribute('aria-selected', String(n === this.active));
    const active = items[this.active];
    if (active) this.input.setAttribute('aria-activedescendant', active.id);
    else this.input.removeAttribute('aria-activedescendant');
    active?.scrollIntoView({ block: 'nearest' });
  }

  pressed(event) {
    if (event.isComposing || event.keyCode === 229) return;
    const { key } = event;
    if (key === 'ArrowDown' || key === 'ArrowUp') {
      event.preventDefault();
      if (this.list.hidden) this.search(0);
      else this.step(key === 'ArrowDown' ? 1 : -1);
    } else if (key === 'Escape' && !this.list.hidden) {
      event.preventDefault();
      this.close();
    } else if (
      key === 'Enter' &&
      !event.ctrlKey &&
      this.pending &&
      this.input.value.trim() !== '' &&
      !this.waited
    ) {
      event.preventDefault();
      void this.takeWhenFound();
    } else if (key === 'Enter' && !event.ctrlKey && !this.list.hidden && this.active >= 0) {
      this.take(this.list.children[this.active]);
    }
  }

  /** A quick typist presses Enter before the list is there: the key is pressed again once it is. */
  async takeWhenFound() {
    await Promise.race([this.pending, new Promise((done) => setTimeout(done, 1500))]);
    this.waited = true;
    this.input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
    this.waited = false;
  }

  step(by) {
    const count = this.list.childElementCount;
    this.activate((this.active + by + count + (this.active < 0 && by < 0 ? 1 : 0)) % count);
  }

  clicked(event) {
    const item = event.target.closest('[role="option"]');
    event.preventDefault(); // the field keeps the focus
    if (item) this.take(item);
  }

  take(item) {
    const { name } = item.dataset;
    this.input.value = name;
    this.input.classList.toggle('is-new-name', item.classList.contains('is-new'));
    const price = this.found.find((one) => one.name === name)?.price;
    const priceField = this.row.querySelector('[name$="-price"]');
    if (this.kind === 'option' && price && priceField.value === '')
      priceField.value = price.toLocaleString('ko-KR');
    this.close();
    this.input.form.dispatchEvent(new Event('input', { bubbles: true }));
  }

  left() {
    clearTimeout(this.timer);
    this.close();
    const text = this.input.value.trim();
    if (text !== '' && !this.pending && this.found.length > 0) {
      this.input.classList.toggle('is-new-name', !this.found.some(({ name }) => same(name, text)));
    }
    this.pending = undefined;
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute('aria-expanded', 'false');
    this.activate(-1);
  }
}

function same(a, b) {
  const plain = (text) => text.normalize('NFC').replace(/\s+/g, ' ').trim().toLowerCase();
  return plain(a) === plain(b);
}
