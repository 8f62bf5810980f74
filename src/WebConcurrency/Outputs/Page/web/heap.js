// A binary heap: the first of many in order, where each new one costs the logarithm of how many there are.

export class Heap {
  #items = [];

  /** @param order less than 0 when one comes before the other */
  constructor(order) { this.order = order; }

  get size() { return this.#items.length; }

  get first() { return this.#items[0]; }

  add(item) {
    const items = this.#items;
    let at = items.push(item) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (this.order(items[above], item) <= 0) break;
      items[at] = items[above];
      at = above;
    }
    items[at] = item;
  }

  take() {
    const items = this.#items;
    const first = items[0], item = items.pop();
    if (items.length === 0) return first;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= items.length) break;
      if (below + 1 < items.length && this.order(items[below + 1], items[below]) < 0) below++;
      if (this.order(item, items[below]) <= 0) break;
      items[at] = items[below];
      at = below;
    }
    items[at] = item;
    return first;
  }
}
