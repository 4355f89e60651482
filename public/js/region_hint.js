// Says beside the address where an order would go, while postal code and address are typed.

import { askJson } from './ask.js';

const typingPause = 200;

/** @param {HTMLFormElement} form */
export function startRegionHint(form) {
  const place = form.querySelector('[data-region-hint]');
  const postcode = form.elements.namedItem('postcode');
  const address = form.elements.namedItem('address');
  let timer;

  const read = async () => {
    const asked = `${postcode.value}\n${address.value}`;
    const query = new URLSearchParams({ postcode: postcode.value, address: address.value });
    const region = await askJson(`/orders/new/region?${query}`);
    if (!region || asked !== `${postcode.value}\n${address.value}`) return;
    place.replaceChildren(...wordsOf(region));
  };
  const readSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(read, typingPause);
  };
  for (const field of [postcode, address]) field.addEventListener('input', readSoon);
  form.addEventListener('draft:filled', readSoon);
}

function wordsOf({ name, tone, badges = [], reasons = [] }) {
  if (!name) return [];
  return [
    tag(name, tone),
    ...badges.map((badge) => tag(badge.label, `${badge.tone} tag-strong`)),
    ...reasons.map((reason) => {
      const words = document.createElement('span');
      words.className = 'region-reason';
      words.textContent = reason;
      return words;
    }),
  ];
}

function tag(words, tone) {
  const element = document.createElement('span');
  element.className = `tag tone-${tone}`;
  element.textContent = words;
  return element;
}
