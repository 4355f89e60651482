// On <body data-person="3">: what another person left unsaved in this tab is forgotten, and all of it at the sign-out.

import { forgetDrafts } from '../drafts.js';

/** @param {HTMLElement} body */
export default function ownDrafts(body) {
  forgetDrafts(body.dataset.person);
  body.addEventListener('submit', ({ target }) => {
    if (target.getAttribute('action') === '/sign-out') forgetDrafts('');
  });
}
