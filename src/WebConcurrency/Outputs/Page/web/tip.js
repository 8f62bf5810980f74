// A few lines beside the pointer: what is under it, of whom, and its numbers.

import { tipLines } from './detail.js';
import { element } from './words.js';

/** @returns what to call with the segment under the pointer, or nothing, and where the pointer is */
export function tipOf(board) {
  const tip = board.canvas.parentElement.querySelector('.tip');
  return (segment, x, y) => {
    tip.hidden = !segment;
    if (segment !== board.hovered) {
      board.hovered = segment ?? null;
      board.changed();
    }
    if (!segment) return;
    tip.replaceChildren(...tipLines(segment).map(line => element('p', {}, line)));
    tip.style.left = `${Math.max(0, Math.min(x + 14, board.canvas.clientWidth - tip.offsetWidth - 4))}px`;
    tip.style.top = `${y + 18}px`;
  };
}
