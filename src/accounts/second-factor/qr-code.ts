import { toSVG } from 'bwip-js';
import { Markup } from '#lib/views.ts';

/** Drawn here, so that the secret is in no address and no script: <svg> with paths alone. */
export function qrCode(text: string, label: string): Markup {
  const svg = toSVG({ bcid: 'qrcode', text, padding: 2 });
  return new Markup(svg.replace('<svg ', `<svg class="qr-code" role="img" aria-label="${label}" `));
}
