// Fields with data-picker="product" or "option" offer names while one types: arrow keys choose, Enter takes, Escape
// closes. A name that nobody has is taken as it is typed and marked as new. Works for lines that are added later.

import { askJson } from './ask.js';
import { bestMatches } from './hangul.js';

const offered = 12;

/** @param {HTMLFormElement} form */
export function startPicker(form) {
  const shop = { goods: [] };
  const pickers = new WeakMap();
  const pickerOf = (input) => {
    if (!pickers.has(input)) pickers.set(input, new Picker(input, shop));
    return pickers.get(input);
  };
  const isPicker = (element) => element.matches?.('[data-picker]:not([readonly])');

  form.addEventListener('focusin', ({ target }) => isPicker(target) && pickerOf(target).entered());
  form.addEventListener('focusout', ({ target }) => isPicker(target) && pickerOf(target).left());
  form.addEventListener('input', ({ target }) => isPicker(target) && pickerOf(target).typed());
  // before the form hears of the key: what is meant for an open list is not meant for the form
  const pressed = (event) => isPicker(event.target) && pickerOf(event.target).pressed(event);
  form.addEventListener('keydown', pressed, { capture: true });

  void load(form, shop, pickerOf);
}

/** All of it at once, so that the list is there before the next key. */
async function load(form, shop, pickerOf) {
  shop.goods = (await askJson('/orders/new/goods')) ?? [];
  for (const input of form.querySelectorAll('[data-picker]:not([readonly])')) {
    if (input === document.activeElement && input.value !== '') pickerOf(input).typed();
    else pickerOf(input).mark();
  }
}

let serial = 0;

class Picker {
  constructor(input, shop) {
    this.input = input;
    this.shop = shop;
    this.isProduct = input.dataset.picker === 'product';
    this.active = -1;
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
  }

  get row() {
    return this.input.closest('tr');
  }

  /** The products, or the options of the line's product. */
  choices() {
    if (this.isProduct) return this.shop.goods;
    const { value } = this.row.querySelector('[data-picker="product"]');
    return this.shop.goods.find(({ name }) => same(name, value))?.options ?? [];
  }

  isKnown(text) {
    return this.choices().some(({ name }) => same(name, text));
  }

  entered() {
    if (!this.isProduct && this.input.value === '' && this.choices().length > 0) this.show();
  }

  typed() {
    this.input.classList.remove('is-new-name');
    this.show();
  }

  left() {
    this.close();
    this.mark();
  }

  /** A name that nobody has used is meant to be seen. */
  mark() {
    const text = this.input.value.trim();
    const isNew = this.shop.goods.length > 0 && text !== '' && !this.isKnown(text);
    this.input.classList.toggle('is-new-name', isNew);
  }

  show() {
    const text = this.input.value.trim();
    const found = bestMatches(this.choices(), text, offered);
    const items = found.map(({ name, price }) =>
      this.item(name, price ? `지난 단가 ${price.toLocaleString('ko-KR')}` : ''),
    );
    if (text !== '' && !this.isKnown(text)) {
      const item = this.item(text, this.isProduct ? '새 상품으로 적기' : '새 옵션으로 적기');
      item.classList.add('is-new');
      items.push(item);
    }
    this.list.replaceChildren(...items);
    this.list.hidden = items.length === 0;
    this.input.setAttribute('aria-expanded', String(items.length > 0));
    this.activate(text === '' ? -1 : 0);
  }

  item(name, note) {
    const item = document.createElement('li');
    item.id = `picker-${++serial}`;
    item.setAttribute('role', 'option');
    item.dataset.name = name;
    const words = document.createElement('span');
    words.textContent = name;
    const aside = document.createElement('small');
    aside.textContent = note;
    item.append(words, aside);
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
      if (this.list.hidden) this.show();
      else this.step(key === 'ArrowDown' ? 1 : -1);
    } else if (key === 'Escape' && !this.list.hidden) {
      event.preventDefault();
      this.close();
    } else if (key === 'Enter' && !event.ctrlKey && !this.list.hidden && this.active >= 0) {
      this.take(this.list.children[this.active]); // and the form goes on to the next field
    }
  }

  step(by) {
    const count = this.list.childElementCount;
    const from = this.active < 0 && by < 0 ? 0 : this.active;
    this.activate((from + by + count) % count);
  }

  clicked(event) {
    const item = event.target.closest('[role="option"]');
    event.preventDefault(); // the field keeps the focus
    if (item) this.take(item);
  }

  take(item) {
    const { name } = item.dataset;
    this.input.value = name;
    this.mark();
    const price = this.choices().find((one) => one.name === name)?.price;
    const priceField = this.row.querySelector('[name$="-price"]');
    if (!this.isProduct && price && priceField.value === '') priceField.value = price.toLocaleString('ko-KR');
    this.close();
    this.input.form.dispatchEvent(new Event('input', { bubbles: true }));
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
