// Which records are shown: by strategy and route, as a lane for each thread or each request.

import { byId, element } from './words.js';

export class Filter {
  #known = '';

  constructor(changed, seconds) {
    this.strategySelect = byId('strategy');
    this.routeSelect = byId('route');
    for (const control of [this.strategySelect, this.routeSelect, ...document.querySelectorAll('input[name=mode]')]) control.addEventListener('change', changed);
    byId('seconds').addEventListener('change', event => seconds(1000 * event.target.value));
    byId('tools').addEventListener('submit', event => event.preventDefault());
  }

  get mode() { return document.querySelector('input[name=mode]:checked').value; }

  passes = record =>
    (this.strategySelect.value === '' || record.strategy === this.strategySelect.value)
    && (this.routeSelect.value === '' || record.route === this.routeSelect.value);

  /** Offers what has been seen; what is chosen stays. */
  offer(store) {
    const known = [...store.strategies, '', ...store.routes].join('\n');
    if (known === this.#known) return;
    this.#known = known;
    fill(this.strategySelect, store.strategies);
    fill(this.routeSelect, store.routes);
  }
}

function fill(select, values) {
  const chosen = select.value;
  select.replaceChildren(element('option', { value: '' }, 'all'), ...[...values].sort().map(value => element('option', { value }, value)));
  select.value = [...values].includes(chosen) ? chosen : '';
}
